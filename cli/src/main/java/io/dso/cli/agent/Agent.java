package io.dso.cli.agent;

import io.dso.cli.Exit;
import io.dso.cli.Failure;
import io.dso.control.Refusals;
import io.dso.control.v1.ControlGrpc;
import io.dso.control.v1.Problem;
import io.dso.transport.UnixChannel;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import java.util.logging.LogManager;

/** The agent at its socket. Connects for one question, because a command has one. */
final class Agent {
    private final Path socket;

    Agent(Path socket) {
        this.socket = socket;
    }

    /**
     * @throws Failure if it doesn't answer in time, or refuses
     */
    <R> R ask(Duration patience, Function<ControlGrpc.ControlBlockingStub, R> question) {
        return connect(
                channel -> question.apply(ControlGrpc.newBlockingStub(channel).withDeadlineAfter(patience)));
    }

    /** As {@link #ask}, with stub and deadline of the question's own. */
    <R> R connect(Function<Channel, R> question) {
        LogManager.getLogManager().reset(); // libraries that log to a person's terminal help nobody
        try (var channel = UnixChannel.to(socket)) {
            return question.apply(channel.grpc());
        } catch (StatusRuntimeException e) {
            throw failure(e);
        }
    }

    private Failure failure(StatusRuntimeException e) {
        var refused = Refusals.problem(e);
        if (refused.isPresent()) {
            return refusal(refused.get(), e);
        }
        var status = e.getStatus();
        var why = String.valueOf(status.getDescription());
        return switch (status.getCode()) {
            case UNAVAILABLE -> unreachable(e);
            case NOT_FOUND -> new Failure(Exit.NOT_FOUND, why, where(), "dso status shows what there is", e);
            case PERMISSION_DENIED, UNAUTHENTICATED -> denied(why, e);
            case DEADLINE_EXCEEDED ->
                new Failure(
                        Exit.TRY_AGAIN, "the agent didn't answer in time", where(), "look at its log, or try again", e);
            case INVALID_ARGUMENT -> new Failure(Exit.USAGE, why, where(), "", e);
            case UNIMPLEMENTED -> new Failure(Exit.FAILED, "the agent doesn't know this yet", where(), "upgrade it", e);
            default -> new Failure(Exit.FAILED, "the agent failed: " + why, where(), "look at its log", e);
        };
    }

    private static Failure refusal(Problem problem, StatusRuntimeException e) {
        int exit = switch (e.getStatus().getCode()) {
            case NOT_FOUND -> Exit.NOT_FOUND;
            case INVALID_ARGUMENT -> Exit.USAGE;
            case PERMISSION_DENIED -> Exit.DENIED;
            default -> Exit.FAILED;
        };
        var what = "%s [%s]".formatted(problem.getWhat(), problem.getId());
        return new Failure(exit, what, problem.getWhere(), problem.getFix(), e);
    }

    private Failure unreachable(StatusRuntimeException e) {
        var cause = causes(e);
        if (cause.contains("Permission denied")) {
            return denied("you may not talk to the agent", e);
        }
        if (cause.contains("No such file")) {
            return new Failure(
                    Exit.UNAVAILABLE,
                    "no agent listens here",
                    where(),
                    "start dso-agent, or name the socket of the one that runs: --socket PATH",
                    e);
        }
        if (cause.contains("Connection refused")) {
            return new Failure(
                    Exit.UNAVAILABLE, "the agent is gone and left its socket", where(), "start dso-agent", e);
        }
        var described = e.getStatus().getDescription();
        return new Failure(
                Exit.UNAVAILABLE,
                "the agent doesn't answer" + (described == null ? "" : ": " + described),
                where(),
                "look at its log; it answers root and members of its socket's group",
                e);
    }

    private Failure denied(String why, StatusRuntimeException e) {
        return new Failure(Exit.DENIED, why, where(), "run as root, or as a member of the group dso", e);
    }

    private String where() {
        return socket.toString();
    }

    private static String causes(Throwable e) {
        var text = new StringBuilder();
        for (var cause = e.getCause(); cause != null; cause = cause.getCause()) {
            text.append(cause.getMessage()).append('\n');
        }
        return text.toString();
    }
}
