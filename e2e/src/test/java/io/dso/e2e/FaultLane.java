package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dso.e2e.RotationCalls.Place;
import io.dso.e2e.SpoiltEngine.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** An agent with one container, which new secrets reach by one strategy, one after the other, each time with one call spoilt. */
final class FaultLane implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Longer than between any two calls of a rotation that goes well; one that waits is asked to go on. */
    private static final Duration STUCK = Duration.ofSeconds(4);
    /** What an end brings about has come by then. */
    private static final Duration QUIET = Duration.ofMillis(150);

    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern END = Pattern.compile("\\[audit] (rotated|rolled-back) ");
    private static final Pattern POSTPONED = Pattern.compile("\\[audit] rotation-postponed ");

    private final Engine engine = Engine.underTest();
    private final String name;
    private final String network;
    private final Agent agent;
    private final VaultWriter vault;
    private final SpoiltEngine proxy;
    /** Of containers that aren't the first: whether they are of this lane. */
    private final Map<String, Boolean> ours = new ConcurrentHashMap<>();

    private final Remains intact;
    private String first = "";
    private CompletableFuture<Void> killed = new CompletableFuture<>();
    private String shown = "good 0";
    private int version;

    /** Starts an agent and its container, which ends of values that start with "bad". */
    FaultLane(String strategy, String name) throws IOException {
        this.name = name;
        this.network = name + "-net";
        this.agent = new Agent(engine, name, Settings.work().resolve(name));
        agent.secret("db", shown).configure("""
                web: { secrets: [ db ], reload: { strategy: %s, settle: 300ms, health-timeout: 10s%s }, allow: { container: %s } }
                """.formatted(
                        strategy, strategy.equals("exec") ? ", exec: [ \"true\" ], exec-timeout: 5s" : "", name));
        this.vault = new VaultWriter(agent.vault(), agent.keyFile());
        this.proxy = new SpoiltEngine(
                agent.directory().resolve("engine.sock"),
                Path.of(engine.host().substring("unix://".length())),
                this::kill,
                this::named);
        agent.reaching(proxy.host()).start();
        run();
        Files.writeString(web().inside(Remains.KEPT), "kept");
        first = web().inspect("/Id");
        this.intact = remains();
        assertThat(intact.volumes()).hasSize(2);
    }

    /** By its name, whichever it is now. */
    private Container web() {
        return new Container(engine, name);
    }

    private void run() {
        var label = Remains.LABEL + "=" + name;
        engine.docker("network", "create", "--label=" + label, network).succeeded();
        engine.docker(
                        "run",
                        "--detach",
                        "--name=" + name,
                        "--network=" + network,
                        "--network-alias=api",
                        "--label=" + label,
                        "--mount=type=volume,dst=/anonymous,volume-label=" + label,
                        "--mount=type=volume,src=" + name + ",dst=/s,volume-driver=" + name + ",volume-opt=bundle=web",
                        EndToEnd.BUSYBOX,
                        "/probe",
                        "serve",
                        "/s/db",
                        "die",
                        "bad")
                .succeeded();
    }

    private Remains remains() throws IOException {
        return Remains.of(engine, name, network, agent.runDirectory());
    }

    private void kill() {
        agent.kill();
        killed.complete(null);
    }

    /** Events are no part of a rotation, and other lanes' containers aren't. */
    private String named(String call) {
        var id = ID.matcher(call);
        boolean others = call.contains("/containers/")
                && id.find()
                && !id.group().equals(first)
                && !ours.computeIfAbsent(id.group(), this::isOurs);
        if (others || call.contains("/events")) {
            return "";
        }
        return call.replaceAll("\\?.*", "")
                .replaceAll("/containers/" + first, "/containers/FIRST")
                .replaceAll("/containers/([0-9a-f]{64}|" + name + "[^/]*)", "/containers/SECOND")
                .replaceAll("/exec/[0-9a-f]{64}", "/exec/ID")
                .replaceAll("/networks/[^/]+/", "/networks/ID/")
                .replaceAll("/images/[^/]+/", "/images/ID/");
    }

    private boolean isOurs(String container) {
        return Remains.containers(engine, name)
                .anyMatch(one -> one.get("Id").asText().equals(container));
    }

    /**
     * One rotation, and nothing spoilt.
     *
     * @param value what the new version holds begins so: "good", or "bad"
     * @return its calls
     */
    List<Place> rotate(String value) {
        proxy.begin();
        var log = begin(value);
        Await.until("the rotation ends", LIMIT, () -> hasEnded(log));
        finish();
        return proxy.calls();
    }

    /**
     * One rotation.
     *
     * @param place the call that is spoilt
     * @return what the container shows in the end: "new" or "old"; empty if there was no such call
     * @throws AssertionError if something else is there in the end than was before
     */
    String rotate(String value, Place place, Fault fault) {
        killed = new CompletableFuture<>();
        proxy.begin(place, fault);
        var before = shown;
        var log = begin(value);
        Await.until("%s is spoilt, or all is done".formatted(place), LIMIT, () -> proxy.spoilt() || hasEnded(log));
        if (proxy.spoilt() && fault.kills()) {
            killed.join();
            agent.start();
        }
        var spoilt = proxy.spoilt();
        Await.until("the rotation ends", LIMIT, () -> hasEnded(log) || wasAsked(log));
        finish();
        if (!spoilt) {
            return "";
        }
        return shown.equals(before) ? "old" : "new";
    }

    /** Gives the length of the log. */
    private int begin(String value) {
        version++;
        var log = agent.log().length();
        vault.put("db", (value + " " + version).getBytes(UTF_8));
        return log;
    }

    private boolean hasEnded(int log) {
        return END.matcher(agent.log().substring(log)).find();
    }

    /** One that was postponed is tried again with the next hint. */
    private boolean wasAsked(int log) {
        return (proxy.quietFor(STUCK)
                        || POSTPONED.matcher(agent.log().substring(log)).find())
                && agent.dso("sync").exitCode() >= 0;
    }

    /** Awaits that all is as before, but for which container it is and what it shows. */
    private void finish() {
        Await.value(name + " is as before", LIMIT, this::remains, intact::equals);
        Await.until("nothing more is done", LIMIT, () -> proxy.quietFor(QUIET));
        try {
            shown = new String(web().file("/s/db"), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        first = web().inspect("/Id");
        assertThat(agent.runs()).isTrue();
    }

    /** The last lines of the agent's. */
    String log() {
        return agent.logTail();
    }

    @Override
    public void close() {
        Remains.containers(engine, name)
                .forEach(one -> engine.docker(
                        "rm", "--force", "--volumes", one.get("Id").asText()));
        engine.docker("volume", "rm", "--force", name);
        engine.docker("network", "rm", network);
        vault.close();
        agent.close();
        proxy.close();
    }
}
