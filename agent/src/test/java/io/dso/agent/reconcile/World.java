package io.dso.agent.reconcile;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Grant;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.bundle.VolumeDefinition;
import io.dso.agent.engine.FakeContainer;
import io.dso.agent.engine.FakeEngine;
import io.dso.agent.fetch.FakeStores;
import io.dso.agent.inject.RamRoot;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.time.TestClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** A host for tests: an engine and stores in memory, RAM that is real, and an agent that can be killed and started. */
public final class World implements AutoCloseable {
    public static final SecretRef PASSWORD = new SecretRef("local", "shop/db", "password");
    public static final SecretRef USER = new SecretRef("local", "shop/db", "user");
    /** What applications in here don't stand. */
    public static final String POISON = "poison";

    public final TestClock clock = new TestClock();
    public final FakeEngine engine = new FakeEngine(clock);
    public final FakeStores stores = new FakeStores();
    public final RamRoot ram = new RamRoot();
    public final Map<String, Bundle> bundles = new ConcurrentHashMap<>();
    public final Map<String, VolumeDefinition> volumes = new HashMap<>();
    public TestAgent agent = new TestAgent(this);

    /** A host with bundle and volume {@code shop}, holding one secret, and nothing running. */
    public World(Strategy strategy) {
        strategy(strategy);
        volumes.put("shop", new VolumeDefinition("shop", "shop", false));
        stores.set(PASSWORD, "first");
    }

    /** A bundle that containers {@code web*} may mount; each secret's file is named after its key. */
    public static Bundle bundle(String name, Strategy strategy, SecretRef... refs) {
        return new Bundle(
                name,
                Arrays.stream(refs).map(ref -> new Bundle.Item(ref, ref.key())).toList(),
                new Bundle.Format.Files(),
                new Bundle.Owner(0, 0),
                0400,
                new Grant(Set.of(), Set.of(), Set.of("web", "web2", "web3"), Set.of()),
                new ReloadPolicy(
                        strategy,
                        "SIGHUP",
                        new ReloadPolicy.Hook(List.of("/reload", "it"), Duration.ofSeconds(10)),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(60),
                        new ReloadPolicy.Batch(1, ReloadPolicy.OnFailure.STOP)),
                Bundle.OnUnavailable.FAIL);
    }

    /** Has bundle {@code shop} rotated in this way. */
    public void strategy(Strategy strategy) {
        bundles.put("shop", bundle("shop", strategy, PASSWORD));
    }

    /** Changes how bundle {@code shop} is rotated. */
    public void policy(UnaryOperator<ReloadPolicy> change) {
        bundles.computeIfPresent(
                "shop",
                (_, b) -> new Bundle(
                        b.name(),
                        b.items(),
                        b.format(),
                        b.owner(),
                        b.mode(),
                        b.allow(),
                        change.apply(b.reload()),
                        b.onUnavailable()));
    }

    /** Another bundle and volume, {@code users}, with one secret. */
    public void users(Strategy strategy, String value) {
        bundles.put("users", bundle("users", strategy, USER));
        volumes.put("users", new VolumeDefinition("users", "users", false));
        stores.set(USER, value);
    }

    /** Bundle {@code shop} as it is configured now. */
    public Bundle shop() {
        return Objects.requireNonNull(bundles.get("shop"));
    }

    public void lastGood() {
        bundles.computeIfPresent(
                "shop",
                (_, b) -> new Bundle(
                        b.name(),
                        b.items(),
                        b.format(),
                        b.owner(),
                        b.mode(),
                        b.allow(),
                        b.reload(),
                        Bundle.OnUnavailable.LAST_GOOD));
    }

    /** A running container on volume {@code shop} whose application exits with 3 on poison. */
    public FakeContainer running(String name) {
        var container = engine.create(name, "shop");
        container.app = World::exitsOnPoison;
        engine.run(container);
        return container;
    }

    public static OptionalInt exitsOnPoison(Path directory) {
        return sees(directory).equals(POISON) ? OptionalInt.of(3) : OptionalInt.empty();
    }

    /** What a process in the container reads. */
    public static String sees(FakeContainer container) {
        return sees(container.directory());
    }

    public static String sees(Path directory) {
        try {
            return Files.readString(directory.resolve("password"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The version of its bundle that the journal says a container has. */
    public BundleVersion has(FakeContainer container) {
        return mounts(container).getFirst().version();
    }

    public List<Mounted> mounts(FakeContainer container) {
        return agent.journal.mounts().all().stream()
                .filter(mount -> mount.container().equals(container.id) && mount.live())
                .toList();
    }

    /** Directories of mounts that are there, whoever knows of them. */
    public int directories() throws IOException {
        return ram.volumes.found().size();
    }

    /** Awaits what follows from what was done. */
    public static void eventually(ThrowingRunnable assertion) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (true) {
            try {
                assertion.run();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                Thread.onSpinWait();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** An assertion that may look at files. */
    @FunctionalInterface
    public interface ThrowingRunnable {
        void run() throws IOException;
    }

    /** As kill -9: what is under way stops wherever it is. */
    public void killAgent() {
        engine.noDriver();
        agent.close();
    }

    /** A new process on the same directories. Doesn't resume yet. */
    public void startAgent() {
        agent = new TestAgent(this);
    }

    @Override
    public void close() {
        agent.close();
        ram.close();
    }
}
