package io.dso.e2e;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Waits for a condition of another process, which nothing can announce to us. */
final class Await {
    private static final long SHORTEST_PAUSE = Duration.ofMillis(10).toNanos();

    private Await() {}

    /** Returns as soon as {@code condition} holds; fails with {@code what} when it doesn't within {@code limit}. */
    static void until(String what, Duration limit, Callable<Boolean> condition) {
        value(what, limit, condition, holds -> holds);
    }

    /** The first value that is good; the failure names the last one seen. */
    static <T> T value(String what, Duration limit, Callable<T> source, Predicate<T> good) {
        var end = System.nanoTime() + limit.toNanos();
        Object last = "nothing";
        while (true) {
            var begin = System.nanoTime();
            try {
                var value = source.call();
                if (good.test(value)) {
                    return value;
                }
                last = value;
            } catch (Exception | AssertionError e) {
                last = e;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        what + ": not within " + limit.toSeconds() + " s; last seen: " + describe(last));
            }
            // A look that is a process costs more than what it waits for: leave the machine to that.
            LockSupport.parkNanos(Math.max(SHORTEST_PAUSE, 2 * (System.nanoTime() - begin)));
        }
    }

    private static String describe(@Nullable Object last) {
        var text = String.valueOf(last);
        return text.length() > 600 ? text.substring(0, 600) + " …" : text;
    }
}
