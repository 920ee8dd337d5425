package io.dso.agent.rotate;

import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.decide.Preflight;
import io.dso.agent.engine.Engine;
import io.dso.agent.record.Events;
import io.dso.agent.rotate.Rotation.Job;
import io.dso.agent.time.Deadline;

/** Chooses for strategy {@code auto}, and tells why it isn't rolling. */
public final class Choices {
    private final Engine engine;
    private final Events events;

    public Choices(Engine engine, Events events) {
        this.engine = engine;
        this.events = events;
    }

    /** In the way in which a container surely can be brought to another version: a second one stands in for it, or it is restarted. */
    Strategy choose(Job job, Deadline deadline) {
        var preflight = Preflight.of(engine.describe(job.container(), deadline).setup());
        if (preflight.proves()) {
            return Strategy.ROLLING;
        }
        events.tell(
                "strategy-chosen",
                "bundle",
                job.bundle(),
                "container",
                job.name(),
                "id",
                job.container(),
                "strategy",
                Strategy.RESTART.word(),
                "why",
                preflight.why());
        return Strategy.RESTART;
    }
}
