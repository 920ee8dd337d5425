package io.dso.agent.engine;

import io.dso.agent.time.TestClock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

class FakeEngineTest extends EngineContract {
    private final TestClock clock = new TestClock();
    private final FakeEngine engine = new FakeEngine(clock);
    private final Map<String, FakeContainer> made = new HashMap<>();

    @Override
    Engine engine() {
        return engine;
    }

    @Override
    Instant now() {
        return clock.instant();
    }

    private FakeContainer create(String name) {
        var container = engine.create(name);
        container.labels = Map.of("a", "b");
        made.put(container.id, container);
        return container;
    }

    @Override
    String idle(String name) {
        return create(name).id;
    }

    @Override
    String crashing(String name, String restart) {
        var container = create(name);
        container.app = _ -> OptionalInt.of(7);
        container.restartAlways = restart.equals("always");
        return container.id;
    }

    @Override
    void stop(String id) {
        engine.stop(Objects.requireNonNull(made.get(id)));
    }

    @Override
    void remove(String id) {
        engine.remove(Objects.requireNonNull(made.get(id)));
    }
}
