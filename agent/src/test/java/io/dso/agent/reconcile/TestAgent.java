package io.dso.agent.reconcile;

import io.dso.agent.bundle.VolumeDefinition;
import io.dso.agent.engine.FakeContainer;
import io.dso.agent.engine.FakeEngine;
import io.dso.agent.fetch.Fetcher;
import io.dso.agent.inject.Delivery;
import io.dso.agent.reconcile.FirstDelivery.Served;
import io.dso.agent.record.Events;
import io.dso.agent.record.Happening;
import io.dso.agent.record.Journal;
import io.dso.agent.record.Metrics;
import io.dso.agent.record.Section;
import io.dso.agent.rotate.Choices;
import io.dso.agent.rotate.Rotation;
import io.dso.agent.rotate.RotationCodec;
import io.dso.agent.rotate.Rotator;
import io.dso.agent.time.Deadline;
import io.dso.agent.watch.StoreWatch;
import io.dso.agent.watch.VersionBoard;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The objects of one agent process, as Wiring makes them, on a {@link World}. */
public final class TestAgent implements FakeEngine.Driver, AutoCloseable {
    private final World world;
    public final Journal journal;
    public final Section<Rotation> underWay;
    public final VersionBoard board;
    public final StoreWatch stores;
    public final Delivery delivery;
    public final Rotator rotator;
    public final Events events;
    public final Courses courses;
    public final Reconciler reconciler;
    public final Orders orders;
    public final FirstDelivery first;
    public final Observer observer;
    public final List<Happening> happened = new CopyOnWriteArrayList<>();
    /** Bundles whose containers were recognised. */
    public final List<String> hints = new CopyOnWriteArrayList<>();

    TestAgent(World world) {
        this(world, new RotationCodec());
    }

    /** With another way of writing states down. */
    TestAgent(World world, Section.Codec<Rotation> codec) {
        this.world = world;
        try {
            journal = Journal.open(world.ram.directory.resolve("journal"));
            underWay = Section.open(world.ram.directory.resolve("rotations"), codec);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var metrics = new Metrics(new SimpleMeterRegistry());
        events = new Events(world.clock);
        events.listen(happened::add);
        var fetcher = new Fetcher(world.stores, metrics);
        board = new VersionBoard(world.clock);
        delivery = new Delivery(fetcher, world.ram.volumes);
        rotator = new Rotator(
                () -> world.bundles,
                world.engine,
                world.engine::mountsOf,
                delivery,
                journal,
                underWay,
                new Choices(world.engine, events),
                world.clock,
                world.clock);
        courses = new Courses(journal, events);
        var images = new ImageLabels(world.engine);
        var wishing = new Wishing(images, journal, world.clock);
        reconciler = new Reconciler(
                () -> world.bundles,
                board,
                journal,
                underWay,
                rotator,
                delivery,
                world.ram.volumes,
                courses,
                events,
                metrics);
        stores = new StoreWatch(fetcher, board, metrics, world.clock, _ -> {});
        orders = new Orders(journal, stores, reconciler, courses, world.clock);
        first = new FirstDelivery(
                () -> world.bundles,
                world.engine,
                images,
                wishing,
                courses,
                stores,
                delivery,
                world.ram.volumes,
                journal,
                underWay,
                () -> {});
        observer = new Observer(
                world.engine,
                world.ram.volumes,
                journal,
                events,
                world.clock,
                "dso",
                hints::add,
                container -> underWay.all().stream().anyMatch(rotation -> rotation.concerns(container)),
                wishing);
        world.engine.driver(this);
    }

    @Override
    public Path mount(String volume, String id) {
        return serve(volume, id).directory();
    }

    public Served serve(String volume, String id) {
        var definition = Objects.requireNonNull(world.volumes.get(volume));
        var served = first.mount(definition, id, Deadline.after(Duration.ofSeconds(10), world.clock));
        if (served instanceof Served.Delivered) {
            world.volumes.put(volume, new VolumeDefinition(volume, definition.bundle(), true));
        }
        return served;
    }

    @Override
    public void unmount(String volume, String id) {
        first.unmount(volume, id);
    }

    /** Stands for the kernel's table of mounts, which has no container of ours. */
    @Override
    public void started(FakeContainer container, Map<String, String> mounts) {
        mounts.values().forEach(id -> journal.mounts().update(id, mount -> mount.in(container.id, container.name)));
    }

    /** Asks the stores, and rotates what is due: until the end. */
    public List<Rotation.End> sync() {
        stores.look(reconciler.refsInUse());
        var ends = new ArrayList<Rotation.End>();
        for (var bundle : reconciler.inUse()) {
            for (var rotation : reconciler.pass(bundle)) {
                try {
                    ends.add(rotation.get(30, TimeUnit.SECONDS));
                } catch (InterruptedException | ExecutionException | TimeoutException e) {
                    throw new AssertionError("a rotation has no end", e);
                }
            }
        }
        return ends;
    }

    /** Goes on until nothing is due any more. Gives the ends of all rotations meanwhile: some are begun by the end of others. */
    public List<Rotation.End> settle() {
        List<Rotation.End> all = new CopyOnWriteArrayList<>();
        try (var _ = reconciler.listen(all::add)) {
            for (int i = 0; i < 20; i++) {
                if (sync().isEmpty() && underWay.all().isEmpty()) {
                    return List.copyOf(all);
                }
            }
        }
        throw new AssertionError("doesn't come to rest: " + all);
    }

    @Override
    public void close() {
        reconciler.close();
    }
}
