package io.dso.cli.agent;

import io.dso.cli.BuildVersion;
import io.dso.cli.Dso;
import io.dso.cli.Exit;
import io.dso.cli.Failure;
import io.dso.cli.output.Format;
import io.dso.control.v1.GetVersionRequest;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows versions. */
@Command(description = "Show the version of this command.")
final class Version implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Dso dso;

    @Option(names = "--agent", description = "Also the agent's, if it answers within a second.")
    private boolean agent;

    Version(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var own = BuildVersion.text();
        var others = agent ? ofAgent() : "";
        var screen = dso.screen();
        if (screen.format() == Format.JSON) {
            screen.show(out -> {
                out.beginObject().name("dso").value(own);
                if (!others.isEmpty()) {
                    out.name("agent").value(others);
                }
                out.endObject();
            });
        } else {
            screen.text("dso " + own + "\n" + (others.isEmpty() ? "" : "agent " + others + "\n"));
        }
        return Exit.OK;
    }

    private String ofAgent() {
        try {
            return new Agent(dso.socket())
                    .ask(
                            PATIENCE,
                            agent -> agent.getVersion(GetVersionRequest.getDefaultInstance())
                                    .getVersion());
        } catch (Failure e) {
            return ""; // a version is asked for most when things are broken
        }
    }
}
