package io.dso.agent.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Stands until a test moves it. Who waits by it moves it, and what was planned for the time that passes happens then. */
public final class TestClock implements InstantSource, Pause {
    private Instant now = Instant.now(); // files' times are compared with it
    private final List<Planned> planned = new ArrayList<>();

    private record Planned(Instant at, Runnable task) {}

    @Override
    public synchronized Instant instant() {
        return now;
    }

    /** Plans something. */
    public synchronized void in(Duration duration, Runnable task) {
        planned.add(new Planned(now.plus(duration), task));
    }

    /** Lets time pass. */
    public void pass(Duration duration) {
        var until = instant().plus(duration);
        while (true) {
            var next = next(until);
            if (next.isEmpty()) {
                return;
            }
            next.get().task().run();
        }
    }

    private synchronized Optional<Planned> next(Instant until) {
        var next = planned.stream().filter(task -> !task.at().isAfter(until)).min(Comparator.comparing(Planned::at));
        var moment = next.map(Planned::at).orElse(until);
        now = moment.isAfter(now) ? moment : now;
        next.ifPresent(planned::remove);
        return next;
    }

    @Override
    public void of(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        pass(duration);
    }
}
