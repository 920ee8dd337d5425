package io.dso.cli.agent;

import io.dso.cli.Dso;
import io.dso.control.v1.ReloadRequest;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Has the agent read its configuration again. */
@Command(description = "Have the agent read its configuration again. A bad file leaves the running one in force.")
final class Reload implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Dso dso;

    Reload(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var answer = new Agent(dso.socket()).ask(PATIENCE, agent -> agent.reload(ReloadRequest.getDefaultInstance()));
        return Problems.tell(answer.getProblemsList(), dso, "the new configuration is in force");
    }
}
