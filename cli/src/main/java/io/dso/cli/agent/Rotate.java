package io.dso.cli.agent;

import io.dso.cli.Dso;
import io.dso.cli.Exit;
import io.dso.cli.Failure;
import io.dso.control.v1.RotateRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Orders a version. */
@Command(
        description = {
            "Bring all containers of a bundle to a version: the stores' own, unless --to says otherwise.",
            "What was marked bad is tried again, a rollback ends, and a pause is no hindrance.",
            "Exit code 1 if a container was taken back, 75 if one couldn't be rotated yet."
        })
final class Rotate implements Callable<Integer> {
    private final Dso dso;

    @Parameters(paramLabel = "BUNDLE", description = "Which one.")
    private String bundle = "";

    @Option(
            names = "--to",
            paramLabel = "VERSION",
            defaultValue = "0",
            converter = Version.class,
            description = "A version of before, as in dso history. It holds until the stores have a newer one.")
    private long to;

    @Option(
            names = "--strategy",
            paramLabel = "STRATEGY",
            defaultValue = "",
            description = "In this way, this time. Default: as configured.")
    private String strategy = "";

    @Option(names = "--dry-run", description = "Only show what would be done: exit code 2 if something would.")
    private boolean dry;

    @Mixin
    private Timeout timeout = new Timeout();

    /** The number of a version. */
    static final class Version implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                return Long.parseUnsignedLong(text);
            } catch (NumberFormatException e) {
                throw new Failure(
                        Exit.USAGE,
                        "'%s' is no version: versions are numbers".formatted(text),
                        "--to " + text,
                        "take one of those in: dso history",
                        e);
            }
        }
    }

    Rotate(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var request = RotateRequest.newBuilder()
                .setBundle(bundle)
                .setToVersion(to)
                .setStrategy(strategy)
                .setDryRun(dry)
                .build();
        var ordered = new Agent(dso.socket()).ask(timeout.duration(), agent -> agent.rotate(request));
        return Ordered.show(ordered, bundle, dry, dso);
    }
}
