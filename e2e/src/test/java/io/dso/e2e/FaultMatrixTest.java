package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.e2e.SpoiltEngine.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Each engine call of each strategy's rotation is spoilt in turn, in each way: the table in docs/reliability.md is what this saw. */
class FaultMatrixTest {
    private static final Path PAGE = Path.of("../docs/reliability.md");
    private static final Pattern TABLE =
            Pattern.compile("(?s)(?<=<!-- engine faults -->\n).*(?=<!-- /engine faults -->)");
    /** More than any rotation has. */
    private static final int MOST_CALLS = 60;

    /** By strategy, then call: the faults that it was met by. */
    private final Map<String, Map<String, Set<Fault>>> seen = new TreeMap<>();

    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();

    @Test
    @EnabledIfEnvironmentVariable(
            named = "DSO_TEST_FAULTS",
            matches = "1",
            disabledReason = "takes 20 minutes and more: run it by DSO_TEST_FAULTS=1")
    void whatever_call_fails_is_cut_or_the_agents_last_one_container_runs_in_the_end_on_the_new_version()
            throws Exception {
        try (var lanes = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (var strategy : List.of("signal", "exec", "restart")) {
                running.add(lanes.submit(() -> walk(strategy, strategy, EnumSet.allOf(Fault.class))));
            }
            for (var fault : Fault.values()) { // has the most calls
                running.add(lanes.submit(() -> walk("rolling", "rolling-" + fault.ordinal(), EnumSet.of(fault))));
            }
            for (var lane : running) {
                lane.get();
            }
        }

        var table = table();
        System.out.println(table);
        if (Boolean.getBoolean("dso.update")) {
            Files.writeString(PAGE, TABLE.matcher(Files.readString(PAGE)).replaceFirst(match -> table));
        }
        assertThat(wrong).as("rotations that ended otherwise").isEmpty();
        assertThat(seen.keySet()).containsExactly("exec", "restart", "rolling", "signal");
        assertThat(seen.get("rolling"))
                .as("the least that a replacement needs")
                .containsKeys(
                        "POST /containers/create",
                        "POST /containers/SECOND/start",
                        "POST /containers/FIRST/rename",
                        "POST /containers/SECOND/rename",
                        "POST /containers/FIRST/stop",
                        "DELETE /containers/FIRST");
    }

    private Void walk(String strategy, String lane, Set<Fault> faults) throws IOException {
        try (var rotations = new FaultLane(strategy, "dso-e2e-faults-" + lane)) {
            for (var fault : faults) {
                for (int call = 1; call < MOST_CALLS; call++) {
                    var spoilt = rotations.rotate(call, fault);
                    if (spoilt.isEmpty()) {
                        break;
                    }
                    note(strategy, spoilt.get(), fault);
                }
            }
        } catch (AssertionError e) {
            wrong.add(lane + " " + faults + ": " + e.getMessage());
        }
        return null;
    }

    private synchronized void note(String strategy, String call, Fault fault) {
        seen.computeIfAbsent(strategy, _ -> new TreeMap<>())
                .computeIfAbsent(call, _ -> EnumSet.noneOf(Fault.class))
                .add(fault);
    }

    /** "new": one container ran in the end, under its name, with the new version, its alias and one mount; it comes from nowhere else. */
    private synchronized String table() {
        var head = Stream.concat(
                        Stream.of("Strategy", "Call"), Stream.of(Fault.values()).map(fault -> fault.words))
                .collect(Collectors.joining(" | ", "| ", " |\n| --- | --- | --- | --- | --- | --- | --- |\n"));
        var rows = new StringBuilder(head);
        seen.forEach((strategy, calls) ->
                calls.forEach((call, faults) -> rows.append("| `%s` | `%s` |".formatted(strategy, call))
                        .append(Stream.of(Fault.values())
                                .map(fault -> faults.contains(fault) ? " new |" : " – |")
                                .collect(Collectors.joining()))
                        .append('\n')));
        return rows.toString();
    }
}
