package io.dso.cli.provider;

import io.dso.cli.Dso;
import io.dso.cli.Exit;
import io.dso.cli.Failure;
import io.dso.cli.output.Format;
import io.dso.cli.output.Json;
import io.dso.cli.output.Screen;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.tck.Kit;
import io.dso.provider.tck.Outcome;
import io.dso.provider.tck.Result;
import io.dso.provider.tck.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the conformance kit. */
@Command(
        name = "verify",
        description = {
            "Try whether a provider keeps the contract, over its socket: a line a check, and a verdict.",
            "It is started and ended several times, and reads the secrets that are named; no value is shown.",
            "Exit code 1 if it doesn't conform."
        })
final class Verify implements Callable<Integer> {
    private final Dso dso;

    @Parameters(paramLabel = "EXECUTABLE", description = "The provider.")
    private Path executable = Path.of("");

    @Option(names = "--config", paramLabel = "FILE", description = "Its configuration, a JSON object. Default: {}")
    private @Nullable Path config;

    @Option(
            names = "--ref",
            paramLabel = "PATH[#KEY]",
            description = "A secret that its store has and that may be read. Repeat it for more.")
    private List<String> refs = List.of();

    @Option(
            names = "--change",
            paramLabel = "COMMAND",
            description = "For the shell: gives the first --ref another value. Else changes aren't tried.")
    private String change = "";

    Verify(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var program = executable.toAbsolutePath();
        if (!Files.isExecutable(program) || Files.isDirectory(program)) {
            throw new Failure(
                    Exit.NOT_FOUND, "the provider is not there, or not executable", program.toString(), "chmod +x it");
        }
        var names = refs.stream().map(Verify::name).toList();
        var command = change.isEmpty() ? List.<String>of() : List.of("/bin/sh", "-c", change);
        try {
            if (config != null) {
                return verify(new Subject(program, config, names, command));
            }
            var empty = Files.writeString(Files.createTempFile("dso-verify", ".json"), "{}");
            try {
                return verify(new Subject(program, empty, names, command));
            } finally {
                Files.deleteIfExists(empty);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SecretName name(String ref) {
        int hash = ref.lastIndexOf('#');
        try {
            return hash < 0 ? new SecretName(ref, "") : new SecretName(ref.substring(0, hash), ref.substring(hash + 1));
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, "--ref: " + e.getMessage(), "", "name it like shop/db#password", e);
        }
    }

    private int verify(Subject subject) throws IOException {
        var screen = dso.screen();
        var results = Kit.run(subject, result -> {
            if (screen.format() != Format.JSON) {
                screen.text(line(result, screen));
            }
        });
        var failed = count(results, Outcome.Failed.class);
        var skipped = count(results, Outcome.Skipped.class);
        if (screen.format() == Format.JSON) {
            screen.text(json(results, failed).line());
        } else if (screen.format() == Format.TABLE) {
            screen.text("\n%s: %d passed, %d failed, %d skipped%n"
                    .formatted(
                            failed == 0 ? "conforms" : "does not conform",
                            results.size() - failed - skipped,
                            failed,
                            skipped));
        }
        return failed == 0 ? Exit.OK : Exit.FAILED;
    }

    private static int count(List<Result> results, Class<? extends Outcome> kind) {
        return (int)
                results.stream().map(Result::outcome).filter(kind::isInstance).count();
    }

    private static String line(Result result, Screen screen) {
        var why = why(result.outcome());
        return screen.format() == Format.TABS
                ? String.join(
                                "\t",
                                word(result.outcome()),
                                result.check().id(),
                                result.check().sentence(),
                                why) + "\n"
                : "%-4s  %-21s  %s%s%n"
                        .formatted(
                                word(result.outcome()),
                                result.check().id(),
                                result.check().sentence(),
                                why.isEmpty() ? "" : "\n" + " ".repeat(29) + why);
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Passed() -> "ok";
            case Outcome.Failed failed -> "FAIL";
            case Outcome.Skipped skipped -> "skip";
        };
    }

    private static String why(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Passed() -> "";
            case Outcome.Failed(var why) -> why;
            case Outcome.Skipped(var why) -> why;
        };
    }

    private static Json json(List<Result> results, int failed) {
        return out -> {
            out.beginObject().name("conforms").value(failed == 0).name("checks").beginArray();
            for (var result : results) {
                out.beginObject()
                        .name("id")
                        .value(result.check().id())
                        .name("sentence")
                        .value(result.check().sentence())
                        .name("outcome")
                        .value(word(result.outcome()).toLowerCase(Locale.ROOT))
                        .name("why")
                        .value(why(result.outcome()))
                        .name("milliseconds")
                        .value(result.took().toMillis())
                        .endObject();
            }
            out.endArray().endObject();
        };
    }
}
