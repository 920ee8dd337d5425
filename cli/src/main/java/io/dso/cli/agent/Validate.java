package io.dso.cli.agent;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.dso.cli.Dso;
import io.dso.cli.Exit;
import io.dso.cli.Failure;
import io.dso.control.v1.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Checks a configuration by the agent's own check, so that the two can't differ; no agent needs to run. */
@Command(
        description = {
            "Check a configuration file, without an agent: all mistakes at once. Exit code 65 if there are any.",
            "Runs dso-agent --validate: $DSO_AGENT, else the dso-agent beside dso, else the one on the PATH."
        })
final class Validate implements Callable<Integer> {
    private final Dso dso;

    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            defaultValue = "/etc/dso/dso.yaml",
            description = "Default: ${DEFAULT-VALUE}")
    private Path file = Path.of("/etc/dso/dso.yaml");

    Validate(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var agent = agent();
        try {
            var process = new ProcessBuilder(
                            agent.toString(),
                            "--validate",
                            "--config",
                            file.toAbsolutePath().toString())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != Exit.OK && exit != Exit.BAD_DATA) {
                throw new Failure(exit, "the agent's check ended with " + exit, agent.toString(), "");
            }
            return Problems.tell(problems(lines, agent), dso, file + " is good");
        } catch (IOException e) {
            throw new Failure(
                    Exit.UNAVAILABLE, "the agent's check can't be run: " + e.getMessage(), agent.toString(), "", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAILED, "interrupted", "", "", e);
        }
    }

    private static List<Problem> problems(String lines, Path agent) {
        var problems = new ArrayList<Problem>();
        for (var line : lines.lines().toList()) {
            try {
                if (JsonParser.parseString(line) instanceof JsonObject object) {
                    problems.add(Problem.newBuilder()
                            .setId(text(object, "id"))
                            .setWhat(text(object, "what"))
                            .setWhere(text(object, "where"))
                            .setFix(text(object, "fix"))
                            .build());
                    continue;
                }
            } catch (JsonParseException e) {
                // Told below.
            }
            throw new Failure(
                    Exit.FAILED,
                    "the agent's check gave no JSON",
                    agent.toString(),
                    "are dso and dso-agent of one version?");
        }
        return problems;
    }

    private static String text(JsonObject object, String name) {
        return object.has(name) ? object.get(name).getAsString() : "";
    }

    private Path agent() {
        var environment = dso.surroundings().environment();
        var named = environment.getOrDefault("DSO_AGENT", "");
        if (!named.isEmpty()) {
            return Path.of(named);
        }
        var home = environment.getOrDefault("DSO_HOME", ""); // set by the launcher of the JVM package
        return Stream.of(
                        Stream.of(home).filter(text -> !text.isEmpty()).map(text -> Path.of(text, "bin")),
                        beside(),
                        Stream.of(environment.getOrDefault("PATH", "").split(":"))
                                .filter(text -> !text.isEmpty())
                                .map(Path::of))
                .flatMap(directories -> directories)
                .map(directory -> directory.resolve("dso-agent"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new Failure(
                        Exit.UNAVAILABLE,
                        "dso-agent, which checks configurations, isn't here",
                        "",
                        "name it: DSO_AGENT=/path/to/dso-agent"));
    }

    /** The directory of this executable, when it is one of its own. */
    private static Stream<Path> beside() {
        return ProcessHandle.current().info().command().map(Path::of).map(Path::getParent).stream();
    }
}
