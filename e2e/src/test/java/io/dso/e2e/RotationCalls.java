package io.dso.e2e;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The calls that a rotation has made of its engine so far, each with its place. */
final class RotationCalls {
    /** Longer than from an answer to the next call; shorter than the agent's pause between two looks at the same thing. */
    private static final long PAUSE = Duration.ofMillis(120).toNanos();

    /** A kind comes more often than that only where something is awaited. */
    private static final int MOST = 8;

    /**
     * Which one of them.
     *
     * @param after the last call before it that changes something
     * @param call method and path
     * @param time the first, second, … such call since then
     */
    record Place(String after, String call, int time) {
        /** Unlike a look. */
        boolean changes() {
            return RotationCalls.changes(call);
        }
    }

    private final Map<String, Integer> times = new HashMap<>();
    private final Set<Place> places = new LinkedHashSet<>();
    private String change = "begin";
    private String last = "";
    private long lastAt;

    /** Takes note of the next one. Looks at the same thing again and again, with pauses, are one: how many is left to chance. */
    Place next(String call) {
        var now = System.nanoTime();
        boolean looksAgain = !changes(call) && call.equals(last) && now - lastAt > PAUSE;
        last = call;
        lastAt = now;
        var kind = looksAgain ? call + ", again" : call;
        var time = looksAgain ? 1 : times.merge(change + " " + kind, 1, Integer::sum);
        var place = new Place(change, kind, time);
        if (time <= MOST) {
            places.add(place);
        }
        if (changes(call)) {
            change = call;
        }
        return place;
    }

    private static boolean changes(String call) {
        return !call.startsWith("GET");
    }

    List<Place> places() {
        return List.copyOf(places);
    }
}
