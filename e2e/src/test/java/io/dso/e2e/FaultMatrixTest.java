package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.e2e.RotationCalls.Place;
import io.dso.e2e.SpoiltEngine.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Each engine call of each strategy's rotation is spoilt in turn, in each way: the table in docs/reliability.md is what this saw.
 * Of a call that changes nothing it is all the same whether it is carried out before the agent hears nothing of it, or is killed.
 */
class FaultMatrixTest {
    private static final Path PAGE = Path.of("../docs/reliability.md");
    private static final Pattern TABLE =
            Pattern.compile("(?s)(?<=<!-- engine faults -->\n).*(?=<!-- /engine faults -->)");

    /** How often a rotation is begun to meet a call that doesn't always come. */
    private static final int TRIES = 3;

    /** What is done, to which value, and by how many agents; of a bad value only what comes after the application got it. */
    private enum Way {
        SIGNAL("signal", "good", ".*", 1),
        EXEC("exec", "good", ".*", 1),
        RESTART("restart", "good", ".*", 1),
        ROLLING("rolling", "good", ".*", 5),
        RESTART_BAD("restart", "bad", "POST /containers/FIRST/restart", 1),
        ROLLING_BAD("rolling", "bad", "POST /containers/SECOND/start|DELETE.*", 2);

        private final String strategy;
        private final String value;
        private final Pattern after;
        private final int lanes;
        private final Queue<Cell> cells = new ConcurrentLinkedQueue<>();

        Way(String strategy, String value, String after, int lanes) {
            this.strategy = strategy;
            this.value = value;
            this.after = Pattern.compile(after);
            this.lanes = lanes;
        }

        /** As the table has it. */
        String words() {
            return "`%s`%s".formatted(strategy, value.equals("bad") ? ", taken back" : "");
        }

        String outcome() {
            return value.equals("bad") ? "old" : "new";
        }

        FaultLane lane(int which) throws IOException {
            return new FaultLane(
                    strategy,
                    "dso-e2e-faults-%s-%d"
                            .formatted(name().toLowerCase(Locale.ROOT).replace('_', '-'), which));
        }

        /** The calls of two rotations in which nothing is spoilt: the first one of an agent makes more. */
        List<Place> places(FaultLane lane) {
            var places = new LinkedHashSet<>(lane.rotate(value));
            places.addAll(lane.rotate(value));
            places.removeIf(place -> !after.matcher(place.after()).matches());
            return List.copyOf(places);
        }
    }

    private record Cell(Place place, Fault fault, int tries) {
        Cell again() {
            return new Cell(place, fault, tries + 1);
        }
    }

    /** Each a lane of its own, which they go on with. */
    private record Lane(Way way, FaultLane rotations) {}

    private final FaultTable table =
            new FaultTable(Stream.of(Way.values()).map(Way::words).toList());
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    @Test
    @EnabledIfEnvironmentVariable(
            named = "DSO_TEST_FAULTS",
            matches = "1",
            disabledReason = "takes 10 minutes on two cores: run it by DSO_TEST_FAULTS=1")
    void whatever_call_fails_is_cut_or_the_agents_last_one_container_runs_in_the_end_on_a_version_it_stands()
            throws Exception {
        var lanes = new ConcurrentLinkedQueue<Lane>();
        try {
            // The engine asks each driver that it ever knew for a volume that is new, for 15 s if it isn't there: so
            // all are there before the first is killed, and until the last is done.
            atOnce(List.of(Way.values()), way -> {
                for (int which = 0; which < way.lanes; which++) {
                    lanes.add(new Lane(way, way.lane(which)));
                }
            });
            atOnce(List.of(Way.values()), way -> expect(way, lanes));
            atOnce(lanes, this::spoilAll);
        } finally {
            lanes.forEach(lane -> lane.rotations().close());
        }

        System.out.println(table);
        if (Boolean.getBoolean("dso.update")) {
            Files.writeString(PAGE, TABLE.matcher(Files.readString(PAGE)).replaceFirst(match -> table.toString()));
        }
        assertThat(wrong).as("rotations that ended otherwise").isEmpty();
        for (var way : Way.values()) {
            assertThat(table.outcomes(way.words()))
                    .as(way.words())
                    .contains(way.outcome())
                    .isSubsetOf(way.outcome(), FaultTable.NOT_MET);
        }
        assertThat(table.toString())
                .as("the least that a replacement needs")
                .contains(
                        "POST /containers/create",
                        "POST /containers/SECOND/start",
                        "POST /containers/FIRST/rename",
                        "POST /containers/SECOND/rename",
                        "POST /containers/FIRST/stop",
                        "DELETE /containers/FIRST",
                        "DELETE /containers/SECOND");
    }

    private interface Work<T> {
        void on(T one) throws Exception;
    }

    private static <T> void atOnce(Collection<T> all, Work<T> work) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<?>>();
            for (var one : all) {
                running.add(threads.submit(() -> {
                    work.on(one);
                    return null;
                }));
            }
            for (var one : running) {
                one.get();
            }
        }
    }

    private void expect(Way way, Collection<Lane> lanes) {
        var first = lanes.stream().filter(lane -> lane.way() == way).findFirst().orElseThrow();
        var places = way.places(first.rotations());
        table.expect(way.words(), places);
        for (var place : places) {
            Stream.of(Fault.values())
                    .filter(fault -> place.changes() || !fault.comesAfter())
                    .forEach(fault -> way.cells.add(new Cell(place, fault, 1)));
        }
    }

    /** As long as all is as it should be. */
    private void spoilAll(Lane lane) {
        var way = lane.way();
        for (var cell = way.cells.poll(); cell != null; cell = way.cells.poll()) {
            try {
                var outcome = lane.rotations().rotate(way.value, cell.place(), cell.fault());
                if (outcome.isEmpty() && cell.tries() < TRIES) {
                    way.cells.add(cell.again());
                } else {
                    table.note(
                            way.words(), cell.place(), cell.fault(), outcome.isEmpty() ? FaultTable.NOT_MET : outcome);
                }
            } catch (AssertionError e) {
                table.note(way.words(), cell.place(), cell.fault(), "wrong");
                wrong.add(way.words() + " " + cell + ": " + e.getMessage() + "\n"
                        + lane.rotations().log());
                return;
            }
        }
    }
}
