package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How long changes at a store take until their bytes are in a container, each made when the one before has arrived. A few show that it works; more of
 * them measure, as docs/performance.md says.
 */
final class ArrivalTimes {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Gives the secret another value. */
    interface Change {
        void make(String value) throws Exception;
    }

    private final List<Long> milliseconds = new ArrayList<>();

    /**
     * @param how the store, and how the agent hears of its changes
     * @param usual how many changes there are unless somebody wants to measure
     */
    ArrivalTimes(String how, int usual, Path file, Change change) throws Exception {
        int changes = Integer.getInteger("dso.e2e.changes", usual);
        for (var number = 1; number <= changes; number++) {
            var value = "p$w\"o'r\\d-" + number;
            var expected = value.getBytes(UTF_8);
            var begin = System.nanoTime();
            change.make(value);
            Await.until("change " + number, LIMIT, () -> Arrays.equals(Files.readAllBytes(file), expected));
            milliseconds.add((System.nanoTime() - begin) / 1_000_000);
        }
        milliseconds.sort(null);
        System.out.println("change at %s to bytes in the container, %d changes: p50 %d ms, p99 %d ms"
                .formatted(how, changes, median(), milliseconds.get((changes * 99 - 1) / 100)));
    }

    long median() {
        return milliseconds.get(milliseconds.size() / 2);
    }
}
