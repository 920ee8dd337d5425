package io.dso.provider.tck;

import io.dso.transport.Peer;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** The process: how it starts, whom it lets in, how it ends, and what it writes. */
final class ProcessChecks {
    private static final int IN_USE = 75;
    static final int MISCONFIGURED = 78;

    static final List<Check> BEGIN = List.of(
            new Check("serves", "with an empty environment, it answers within 15 s", Bench::provider),
            new Check("other-user", "another user than the agent isn't let in", ProcessChecks::otherUser),
            new Check("bad-config", "a bad configuration ends it with 78 and a reason", ProcessChecks::badConfig),
            new Check("bad-argument", "an unknown argument ends it with 78 and a reason", ProcessChecks::badArgument),
            new Check("socket-in-use", "a second one ends with 75, the first stays", ProcessChecks::socketInUse),
            new Check("stale-socket", "a killed one's socket is replaced", ProcessChecks::staleSocket));

    static final List<Check> END = List.of(
            new Check("sigterm", "SIGTERM ends it, whatever is under way, and leaves nothing", ProcessChecks::sigterm),
            new Check("stdin", "the end of standard input ends it", ProcessChecks::stdin),
            new Check("output-no-value", "nothing it writes holds a value", ProcessChecks::output));

    private ProcessChecks() {}

    /** The other user are we: we tell it that the agent is somebody else. */
    private static void otherUser(Bench bench) throws IOException, InterruptedException {
        int somebodyElse = Peer.self().uid() == 54321 ? 54322 : 54321;
        var provider = bench.start(
                        bench.newSocket(), somebodyElse, bench.subject().config())
                .awaitListening();
        try {
            provider.describe(bench.patience().answer());
        } catch (StatusRuntimeException e) {
            Nonconformity.unless(provider.isAlive(), "its process ended when another user connected");
            return;
        } finally {
            provider.close();
        }
        throw new Nonconformity("a user who isn't the one of --agent-uid is answered");
    }

    private static void badConfig(Bench bench) throws IOException, InterruptedException {
        var config = Files.writeString(bench.file("bad.json"), "{ this is no JSON");
        mustEnd(
                bench,
                bench.start(bench.newSocket(), Peer.self().uid(), config),
                MISCONFIGURED,
                "with a configuration that isn't JSON");
        mustEnd(
                bench,
                bench.start(bench.newSocket(), Peer.self().uid(), bench.file("absent.json")),
                MISCONFIGURED,
                "with a configuration that isn't there");
    }

    private static void badArgument(Bench bench) throws IOException, InterruptedException {
        mustEnd(
                bench,
                bench.start(
                        bench.newSocket(),
                        Peer.self().uid(),
                        bench.subject().config(),
                        "--dso-verify-no-such-argument"),
                MISCONFIGURED,
                "with an unknown argument");
    }

    private static void mustEnd(Bench bench, Running provider, int code, String when) throws InterruptedException {
        int ended = provider.awaitEnd(bench.patience().start(), when);
        Nonconformity.unless(ended == code, when + " it ends with " + ended + ", not " + code);
        Nonconformity.unless(
                !provider.lastLine().isEmpty(), when + " it doesn't say why, on standard error, before it ends");
    }

    private static void socketInUse(Bench bench) throws IOException, InterruptedException {
        var first = bench.provider();
        var second =
                bench.start(first.socket(), Peer.self().uid(), bench.subject().config());
        mustEnd(bench, second, IN_USE, "on the socket of another");
        first.mustAnswer("after a second one was started on its socket");
        Nonconformity.unless(Files.exists(first.socket()), "the second one removed the first one's socket");
    }

    private static void staleSocket(Bench bench) throws IOException, InterruptedException {
        var killed = bench.start().awaitAnswer();
        killed.kill();
        if (!Files.exists(killed.socket())) {
            throw new Untried("a killed one leaves no socket");
        }
        bench.start(killed.socket(), Peer.self().uid(), bench.subject().config())
                .awaitAnswer()
                .close();
    }

    private static void sigterm(Bench bench) throws IOException, InterruptedException {
        var provider = bench.start().awaitAnswer();
        var children = provider.process().descendants().toList();
        try (var watched = Watched.start(provider, List.of(Bench.missing(1)))) {
            watched.awaitAnything(bench.patience().armed());
            provider.mustEndOnSigterm();
            Nonconformity.unless(children.stream().noneMatch(ProcessHandle::isAlive), "it leaves a process");
        } finally {
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static void stdin(Bench bench) throws IOException, InterruptedException {
        var provider = bench.start().awaitAnswer();
        provider.process().getOutputStream().close();
        provider.awaitEnd(bench.patience().end(), "after the end of its standard input");
    }

    private static void output(Bench bench) throws InterruptedException {
        var values = bench.values().stream()
                .filter(value -> value.length >= Traces.SHORTEST)
                .toList();
        if (values.isEmpty()) {
            throw new Untried("no value of " + Traces.SHORTEST + " bytes or more was fetched: --ref PATH[#KEY]");
        }
        for (var written : bench.endAndRead()) {
            for (var value : values) {
                Nonconformity.unless(
                        !Traces.stand(Traces.of(value), written), "a value that it gave stands in what it wrote");
            }
        }
    }
}
