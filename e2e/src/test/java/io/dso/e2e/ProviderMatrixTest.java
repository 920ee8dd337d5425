package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each fault of a provider against everything that it must not touch: the table in docs/reliability.md is what this saw. */
class ProviderMatrixTest extends EndToEnd {
    private static final Duration HEALING = Duration.ofSeconds(90);
    /** The mount's 6 s, and what docker and a busy machine add. */
    private static final Duration REFUSAL = Duration.ofSeconds(14);

    private static final Path PAGE = Path.of("../docs/reliability.md");
    private static final Pattern TABLE =
            Pattern.compile("(?s)(?<=<!-- provider faults -->\n).*(?=<!-- /provider faults -->)");

    private static final Pattern REASON = Pattern.compile("provider faulty is unavailable: \\w+");

    private static final Map<String, String> FAULTS = new LinkedHashMap<>();

    static {
        FAULTS.put("crash", "it crashes");
        FAULTS.put("hang", "it hangs, and answers nothing any more");
        FAULTS.put("out-of-memory", "it runs out of memory");
        FAULTS.put("garbage", "64 KiB of garbage instead of frames");
        FAULTS.put("huge", "a reply of 10 MiB");
        FAULTS.put("slow", "replies that trickle, a byte each 100 ms");
    }

    @BeforeAll
    void startAgent() throws IOException {
        agent.secret("db", "first");
        var bundles = new StringBuilder();
        for (var fault : FAULTS.keySet()) {
            bundles.append(
                    "    %s: { secrets: [ { provider: faulty, path: %s } ], %s }\n".formatted(fault, fault, ALLOW_ALL));
        }
        agent.configureWhole("dso:\n  mount-deadline: 6s\n  providers:\n" + agent.localProvider()
                + "    faulty: { kind: faulty, deadline: 3s, executable: " + faulty() + " }\n"
                + "  bundles:\n"
                + "    fine: { secrets: [ { provider: faulty, path: fine } ], " + ALLOW_ALL + " }\n"
                + "    shop: { secrets: [ { provider: local, path: db } ], " + ALLOW_ALL + " }\n" + bundles);
        agent.start();
    }

    /** In a folder that a provider's user gets to, unlike the one Maven keeps libraries in. */
    private Path faulty() throws IOException {
        var library = Files.createDirectories(agent.directory().resolve("faulty"));
        var path = new ArrayList<String>();
        for (var entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            var from = Path.of(entry);
            if (Files.isDirectory(from)) {
                path.add(copyOf(from, library.resolve(path.size() + "")).toString());
            } else if (entry.matches(
                    ".*/(grpc|netty|protobuf|guava|failureaccess|perfmark|jspecify|gson|provider-proto)[^/]*\\.jar")) {
                path.add(Files.copy(from, library.resolve(from.getFileName()), StandardCopyOption.REPLACE_EXISTING)
                        .toString());
            }
        }
        var script = agent.directory().resolve("faulty-provider");
        Files.writeString(
                script,
                "#!/bin/sh\nexec '%s/bin/java' -Xmx64m -XX:+ExitOnOutOfMemoryError -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --sun-misc-unsafe-memory-access=allow -cp '%s' %s \"$@\"\n"
                        .formatted(
                                System.getProperty("java.home"),
                                String.join(":", path),
                                FaultyProvider.class.getName()));
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path copyOf(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return to;
    }

    @Test
    void no_fault_of_a_provider_touches_others_the_agent_or_running_containers_and_each_heals_by_itself()
            throws Exception {
        var theirs = start(bundle("fine"), STATIC, "/probe");
        var others = start(bundle("shop"), STATIC, "/probe");
        var table = new StringBuilder(
                "| Fault, met while a secret is fetched | The start that meets it | Starts from another provider,"
                        + " meanwhile | Agent | Running containers | Its next start |\n| --- | --- | --- | --- | --- | --- |\n");

        for (var fault : FAULTS.entrySet()) {
            table.append("| ").append(fault.getValue()).append(" | ");
            table.append(String.join(" | ", cells(fault.getKey(), theirs, others)))
                    .append(" |\n");
        }

        var page = Files.readString(PAGE);
        if (Boolean.getBoolean("dso.update")) {
            page = TABLE.matcher(page).replaceFirst(match -> table.toString());
            Files.writeString(PAGE, page);
        }
        assertThat(TABLE.matcher(page).results().map(match -> match.group()).toList())
                .as("docs/reliability.md says what was seen; -Ddso.update=true writes it")
                .containsExactly(table.toString());
    }

    /** A cell for each of what was seen; words that the page doesn't have where it wasn't what has to be. */
    private List<String> cells(String fault, Container theirs, Container others) throws Exception {
        awaitReady();
        var told = agent.log().length();
        var began = List.of(theirs.startedAt(), others.startedAt());
        var volume = bundle(fault);
        var meets = CompletableFuture.supplyAsync(() -> timed(volume));

        var meanwhile = run(bundle("shop"), STATIC, "/probe", "dump", "/s");
        var live = agent.health("live").up();
        var refused = meets.get();
        var health = agent.health("ready");
        var kept = theirs.has("/s/fine", FaultyProvider.VALUE) && others.has("/s/db", "first");
        awaitReady();
        var next = Await.value(
                "its next start, after " + fault,
                HEALING,
                () -> run(bundle("fine"), STATIC, "/probe", "dump", "/s"),
                start -> start.exitCode() == 0);
        var ranOn = theirs.runsSince(began.get(0)) && others.runsSince(began.get(1));
        // Some are back before anybody looks at the health.
        var named = !health.up() && health.text().contains("faulty")
                || agent.log().substring(told).contains("provider=faulty why=");

        return List.of(
                (refused.took().compareTo(REFUSAL) < 0 ? "refused in time" : "took " + refused.took())
                        + (refused.outcome().exitCode() == 125
                                        && REASON.matcher(refused.outcome().stderr())
                                                .find()
                                ? ", names provider and reason"
                                : ", says " + refused.outcome().stderr()),
                served(meanwhile, "first"),
                (live ? "live" : "not live")
                        + (named
                                ? "; health or, once it is back, the log names the provider"
                                : health.up() ? ", ready" : ", not ready, nothing names the provider"),
                (kept ? "keep their files" : "lose their files") + (ranOn ? " and run on" : " and were touched"),
                served(next, FaultyProvider.VALUE) + " again, by itself");
    }

    private void awaitReady() {
        Await.value("the agent is ready", HEALING, () -> agent.health("ready"), Agent.Health::up);
    }

    private static String served(Outcome start, String value) {
        return start.exitCode() == 0 && start.text().endsWith(value)
                ? "served"
                : "ended with " + start.exitCode() + ": " + start.stderr();
    }

    private record Timed(Outcome outcome, Duration took) {}

    private Timed timed(String volume) {
        var began = System.nanoTime();
        var outcome = run(volume, STATIC, "/probe", "dump", "/s");
        return new Timed(outcome, Duration.ofNanos(System.nanoTime() - began));
    }
}
