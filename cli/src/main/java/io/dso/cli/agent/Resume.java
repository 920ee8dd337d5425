package io.dso.cli.agent;

import io.dso.cli.Dso;
import io.dso.cli.Exit;
import io.dso.control.v1.ResumeRequest;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Ends a pause. */
@Command(
        description =
                "End a pause: what changed meanwhile is rotated now. Without a name every pause, also of single bundles.")
final class Resume implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Dso dso;

    @Parameters(paramLabel = "BUNDLE", arity = "0..1", defaultValue = "", description = "Only this one. Default: all.")
    private String bundle = "";

    Resume(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var request = ResumeRequest.newBuilder().setBundle(bundle).build();
        new Agent(dso.socket()).ask(PATIENCE, agent -> agent.resume(request));
        AgentCommands.say(dso, bundle.isEmpty() ? "nothing is paused any more" : bundle + " is not paused any more");
        return Exit.OK;
    }
}
