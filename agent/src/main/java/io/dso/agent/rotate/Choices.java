package io.dso.agent.rotate;

import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.decide.Preflight;
import io.dso.agent.engine.Engine;
import io.dso.agent.record.Events;
import io.dso.agent.rotate.Rotation.Job;
import io.dso.agent.time.Deadline;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Chooses for strategy {@code auto}, and remembers why. */
public final class Choices {
    private final Engine engine;
    private final Events events;
    private final Map<String, Choice> made = new ConcurrentHashMap<>();

    public Choices(Engine engine, Events events) {
        this.engine = engine;
        this.events = events;
    }

    /**
     * What {@code auto} means for a container.
     *
     * @param strategy rolling or restart
     * @param why it isn't rolling, in one sentence; empty if it is
     */
    public record Choice(Strategy strategy, String why) {}

    /** Chooses for a rotation, and tells it if it isn't rolling. */
    Choice choose(Job job, Deadline deadline) {
        var choice = look(job.container(), deadline);
        if (choice.strategy() == Strategy.RESTART) {
            events.tell(
                    "strategy-chosen",
                    "bundle",
                    job.bundle(),
                    "container",
                    job.name(),
                    "id",
                    job.container(),
                    "strategy",
                    choice.strategy().word(),
                    "why",
                    choice.why());
        }
        return choice;
    }

    /** Looks at a container: one that a second can surely stand in for would be replaced, any other restarted. */
    public Choice look(String container, Deadline deadline) {
        var preflight = Preflight.of(engine.describe(container, deadline).setup());
        var choice =
                preflight.proves() ? new Choice(Strategy.ROLLING, "") : new Choice(Strategy.RESTART, preflight.why());
        made.put(container, choice);
        return choice;
    }

    /** The choice that was made for a container, if one was. */
    public Optional<Choice> of(String container) {
        return Optional.ofNullable(made.get(container));
    }
}
