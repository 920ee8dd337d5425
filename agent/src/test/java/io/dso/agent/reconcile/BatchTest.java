package io.dso.agent.reconcile;

import static io.dso.agent.reconcile.World.PASSWORD;
import static io.dso.agent.reconcile.World.POISON;
import static io.dso.agent.reconcile.World.sees;
import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.ReloadPolicy.OnFailure;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.engine.FakeContainer;
import io.dso.agent.rotate.Rotation.RolledBack;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several containers of one bundle take turns. */
class BatchTest {
    private final World world = new World(Strategy.SIGNAL);

    @AfterEach
    void end() {
        world.close();
    }

    private List<FakeContainer> three(Strategy strategy, int maxParallel, OnFailure onFailure) {
        world.strategy(strategy);
        world.policy(policy -> new ReloadPolicy(
                policy.strategy(),
                policy.signal(),
                policy.hook(),
                policy.settle(),
                policy.healthTimeout(),
                new ReloadPolicy.Batch(maxParallel, onFailure)));
        return Stream.of("web", "web2", "web3").map(world::running).toList();
    }

    @Test
    void one_goes_first_and_the_others_one_by_one() {
        var three = three(Strategy.SIGNAL, 1, OnFailure.STOP);
        var underWay = new AtomicInteger();
        var most = new AtomicInteger();
        three.forEach(container -> container.app = _ -> {
            most.accumulateAndGet(world.agent.underWay.all().size(), Math::max);
            underWay.incrementAndGet();
            return OptionalInt.empty();
        });
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle()).hasSize(3);

        assertThat(three).allSatisfy(container -> assertThat(sees(container)).isEqualTo("second"));
        assertThat(most).hasValue(1);
        assertThat(underWay).hasValue(3);
    }

    @Test
    void after_the_first_as_many_go_as_the_policy_allows() {
        three(Strategy.NONE, 2, OnFailure.STOP);
        world.stores.set(PASSWORD, "second");
        var waves = new ArrayList<Integer>();

        for (var ends = world.agent.sync(); !ends.isEmpty(); ends = world.agent.sync()) {
            waves.add(ends.size());
        }

        assertThat(waves.getFirst()).isEqualTo(1);
        assertThat(waves.stream().mapToInt(Integer::intValue).sum()).isLessThanOrEqualTo(3);
        assertThat(Stream.of("web", "web2", "web3").map(world.engine::named))
                .allSatisfy(container -> assertThat(sees(container)).isEqualTo("second"));
    }

    @Test
    void when_the_first_does_not_stand_it_no_other_is_touched() {
        var three = three(Strategy.SIGNAL, 2, OnFailure.STOP);
        world.stores.set(PASSWORD, POISON);

        assertThat(world.agent.settle()).singleElement().isInstanceOf(RolledBack.class);

        assertThat(three).allSatisfy(container -> {
            assertThat(sees(container)).isEqualTo("first");
            assertThat(container.running()).isTrue();
        });
        assertThat(three.stream().mapToInt(container -> container.signals).sum())
                .isEqualTo(1);
        assertThat(world.agent.settle()).isEmpty();
    }

    /** Two that stand everything, and one that comes after them and doesn't. */
    private List<FakeContainer> lastIsIll(OnFailure onFailure) {
        var three = three(Strategy.SIGNAL, 1, onFailure);
        three.subList(0, 2).forEach(container -> container.app = _ -> OptionalInt.empty());
        world.stores.set(PASSWORD, POISON);
        world.agent.settle();
        assertThat(three.getFirst().signals).as("it was told of the version").isPositive();
        return three;
    }

    @Test
    void those_that_stood_it_keep_it_when_another_does_not() {
        var three = lastIsIll(OnFailure.STOP);

        assertThat(three).extracting(World::sees).containsExactly(POISON, POISON, "first");
        assertThat(world.agent.journal.badOf("shop")).noneMatch(BadMark::isEverywhere);
    }

    @Test
    void those_that_stood_it_go_back_too_where_that_is_wanted_and_starts_get_the_old_version() {
        var three = lastIsIll(OnFailure.ROLLBACK);

        assertThat(three).extracting(World::sees).containsOnly("first");
        assertThat(three.getFirst().signals).as("there and back").isEqualTo(2);
        assertThat(world.agent.courses.standing("shop")).anyMatch(BadMark::isEverywhere);
        world.engine.stop(three.getFirst());
        world.engine.run(three.getFirst());
        assertThat(sees(three.getFirst())).isEqualTo("first");
        assertThat(world.agent.settle()).isEmpty();

        world.stores.set(PASSWORD, "third");
        world.agent.settle();
        assertThat(three).extracting(World::sees).containsOnly("third");
    }

    @Test
    void a_version_that_one_did_not_stand_is_not_gone_back_to_though_the_next_one_is_worse() {
        var three = three(Strategy.SIGNAL, 1, OnFailure.ROLLBACK);
        var canary = new AtomicReference<FakeContainer>();
        three.forEach(container -> container.app = directory -> {
            var stands = !sees(directory).equals(POISON)
                    || canary.compareAndSet(null, container)
                    || container.equals(canary.get());
            if (!stands) { // and before the first is taken back, there is another one, which it doesn't stand
                world.stores.set(PASSWORD, "worse");
                world.agent.stores.look(world.agent.reconciler.refsInUse());
            }
            return stands && !sees(directory).equals("worse") ? OptionalInt.empty() : OptionalInt.of(3);
        });
        world.stores.set(PASSWORD, POISON);

        world.agent.settle();

        assertThat(three).extracting(World::sees).containsOnly("first");
        world.engine.stop(three.get(2));
        world.engine.run(three.get(2));
        assertThat(sees(three.get(2))).isEqualTo("first");
        assertThat(world.agent.settle()).isEmpty();
    }

    @Test
    void the_next_version_begins_anew_with_one() {
        var three = three(Strategy.SIGNAL, 3, OnFailure.STOP);
        world.stores.set(PASSWORD, POISON);
        world.agent.settle();
        world.stores.set(PASSWORD, "third");

        assertThat(world.agent.settle()).hasSize(3);
        assertThat(three).allSatisfy(container -> assertThat(sees(container)).isEqualTo("third"));
        assertThat(world.agent.journal.bad().all()).isEmpty();
    }

    @Test
    void replicas_are_replaced_one_by_one() {
        three(Strategy.ROLLING, 1, OnFailure.STOP);
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle()).hasSize(3);
        assertThat(world.engine.runningNames()).containsExactly("web", "web2", "web3");
        assertThat(world.engine.count()).isEqualTo(3);
        assertThat(Stream.of("web", "web2", "web3").map(world.engine::named))
                .allSatisfy(container -> assertThat(sees(container)).isEqualTo("second"));
    }
}
