package io.dso.cli.agent;

import io.dso.cli.Dso;
import io.dso.control.v1.RollbackRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Orders the version before. */
@Command(
        description = {
            "Bring all containers of a bundle, and those that start from now on, to the version before.",
            "That holds until the stores have another version, or until 'dso rotate BUNDLE'.",
            "Exit code 1 if a container didn't stand it, 75 if one couldn't be rotated yet."
        })
final class Rollback implements Callable<Integer> {
    private final Dso dso;

    @Parameters(paramLabel = "BUNDLE", description = "Which one.")
    private String bundle = "";

    @Mixin
    private Timeout timeout = new Timeout();

    Rollback(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var request = RollbackRequest.newBuilder().setBundle(bundle).build();
        var ordered = new Agent(dso.socket()).ask(timeout.duration(), agent -> agent.rollback(request));
        int exit = Ordered.show(ordered, bundle, false, dso);
        AgentCommands.say(
                dso,
                "%s stays at %d until the stores have another version; undo: dso rotate %s"
                        .formatted(bundle, ordered.getVersion(), bundle));
        return exit;
    }
}
