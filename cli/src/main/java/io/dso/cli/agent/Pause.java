package io.dso.cli.agent;

import io.dso.cli.Dso;
import io.dso.cli.Exit;
import io.dso.control.v1.PauseRequest;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Leaves containers as they are. */
@Command(
        description = {
            "Leave running containers as they are until 'dso resume', also when the agent is started again.",
            "Containers that start get the right version, and 'dso rotate' and 'dso rollback' are carried out."
        })
final class Pause implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Dso dso;

    @Parameters(paramLabel = "BUNDLE", arity = "0..1", defaultValue = "", description = "Only this one. Default: all.")
    private String bundle = "";

    Pause(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var request = PauseRequest.newBuilder().setBundle(bundle).build();
        new Agent(dso.socket()).ask(PATIENCE, agent -> agent.pause(request));
        AgentCommands.say(
                dso,
                bundle.isEmpty()
                        ? "every bundle is paused; undo: dso resume"
                        : "%s is paused; undo: dso resume %s".formatted(bundle, bundle));
        return Exit.OK;
    }
}
