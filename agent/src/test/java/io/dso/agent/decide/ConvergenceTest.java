package io.dso.agent.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.ReloadPolicy.Batch;
import io.dso.agent.bundle.ReloadPolicy.Hook;
import io.dso.agent.bundle.ReloadPolicy.OnFailure;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Whatever changes, fails, stops and is said, in any order, and whichever hints are lost: what is decided brings every
 * container to where it should be, and then leaves it alone. {@link Host} looks at every single decision on the way.
 */
class ConvergenceTest {
    private static final int CONTENTS = 4;
    private static final int CONTAINERS = 4;
    /** More than any container and version may need. */
    private static final int PASSES = 60;

    private sealed interface Happening {
        record Changed(String bundle, int content) implements Happening {}

        record Hint(String bundle) implements Happening {}

        record Ended(int which, boolean lost) implements Happening {}

        record Stopped(String container) implements Happening {}

        record Started(String container) implements Happening {}

        record Ordered(String bundle, int which) implements Happening {}
    }

    @Property(tries = 5000)
    void any_interleaving_of_hints_losses_and_failures_converges_and_then_nothing_is_done(
            @ForAll("setups") HostSetup setup, @ForAll("happenings") List<Happening> happenings) {
        var host = new Host(setup);

        happenings.forEach(happening -> happen(host, happening));

        int passes = 0;
        while (passed(host) || !host.isIdle()) {
            assertThat(++passes).as("passes").isLessThan(PASSES);
            while (!host.isIdle()) {
                host.end(0, false);
            }
        }
        host.seeThatAllHaveWhatTheyShould();
        assertThat(passed(host))
                .as("a pass does something though nothing changed")
                .isFalse();
    }

    private static boolean passed(Host host) {
        return host.bundles().stream().map(host::pass).reduce(false, Boolean::logicalOr);
    }

    private static void happen(Host host, Happening happening) {
        switch (happening) {
            case Happening.Changed(var bundle, var content) -> host.storesHave(bundle, content);
            case Happening.Hint(var bundle) -> host.pass(bundle);
            case Happening.Ended(var which, var lost) -> host.end(which, lost);
            case Happening.Stopped(var container) -> host.stop(container);
            case Happening.Started(var container) -> host.start(container);
            case Happening.Ordered(var bundle, var which) -> host.order(bundle, which);
        }
    }

    @Provide
    Arbitrary<List<Happening>> happenings() {
        var bundle = Arbitraries.of("shop", "users");
        var container = Arbitraries.integers().between(1, CONTAINERS).map(i -> "c" + i);
        var content = Arbitraries.integers().between(1, CONTENTS);
        var which = Arbitraries.integers().between(0, 5);
        Arbitrary<Happening> changed = Combinators.combine(bundle, content).as(Happening.Changed::new);
        Arbitrary<Happening> hint = bundle.map(Happening.Hint::new);
        Arbitrary<Happening> ended = Combinators.combine(
                        which, Arbitraries.frequency(Tuple.of(3, false), Tuple.of(1, true)))
                .as(Happening.Ended::new);
        Arbitrary<Happening> stopped = container.map(Happening.Stopped::new);
        Arbitrary<Happening> started = container.map(Happening.Started::new);
        Arbitrary<Happening> ordered = Combinators.combine(bundle, which).as(Happening.Ordered::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(3, changed),
                        Tuple.of(6, hint),
                        Tuple.of(4, ended),
                        Tuple.of(1, stopped),
                        Tuple.of(2, started),
                        Tuple.of(1, ordered))
                .list()
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<HostSetup> setups() {
        var application = Combinators.combine(
                        Arbitraries.of("shop", "users").list().ofMinSize(1).ofMaxSize(3),
                        Arbitraries.integers().between(2, CONTENTS).set().ofMaxSize(2))
                .as(HostSetup.Application::new);
        var containers = application
                .list()
                .ofSize(CONTAINERS)
                .map(all -> Map.of("c1", all.get(0), "c2", all.get(1), "c3", all.get(2), "c4", all.get(3)));
        return Combinators.combine(policies(), policies(), containers)
                .as((shop, users, all) ->
                        new HostSetup(new TreeMap<>(Map.of("shop", shop, "users", users)), new TreeMap<>(all)));
    }

    private static Arbitrary<ReloadPolicy> policies() {
        return Combinators.combine(
                        Arbitraries.of(Strategy.class),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.of(OnFailure.class))
                .as((strategy, parallel, onFailure) -> new ReloadPolicy(
                        strategy,
                        "SIGHUP",
                        Hook.NONE,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        new Batch(parallel, onFailure)));
    }
}
