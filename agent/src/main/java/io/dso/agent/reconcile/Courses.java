package io.dso.agent.reconcile;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Order;
import io.dso.agent.bundle.Paused;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.Wishes;
import io.dso.agent.bundle.Workload;
import io.dso.agent.decide.Course;
import io.dso.agent.decide.Labels;
import io.dso.agent.decide.Labels.Reading;
import io.dso.agent.decide.Plan;
import io.dso.agent.record.Events;
import io.dso.agent.record.Journal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Says whether and how a container may be rotated now: the bundle's policy, under its labels and what operators said. */
public final class Courses {
    private static final String LEFT_ALONE = "left alone by its label dso.reloader=false";

    private final Journal journal;
    private final Events events;

    public Courses(Journal journal, Events events) {
        this.journal = journal;
        this.events = events;
    }

    /** The course for one container. An order to the version that it is about goes through a pause. */
    Course of(Bundle bundle, Plan.Rotate rotate) {
        var order =
                journal.orders().get(bundle.name()).filter(given -> given.to().sameContent(rotate.to()));
        return of(bundle, rotate, order.map(given -> (UnaryOperator<ReloadPolicy>) given::applied));
    }

    /** As {@link #of(Bundle, Plan.Rotate)}, if an order stood. */
    Course of(Bundle bundle, Plan.Rotate rotate, Order order) {
        return order.to().sameContent(rotate.to())
                ? of(bundle, rotate, Optional.of(order::applied))
                : of(bundle, rotate);
    }

    private Course of(Bundle bundle, Plan.Rotate rotate, Optional<UnaryOperator<ReloadPolicy>> ordered) {
        var container = rotate.mount().container();
        if (journal.wishes().get(container).isEmpty()) {
            return new Course.Stay("its labels aren't known yet");
        }
        return switch (reading(bundle, container)) {
            case Reading.LeftAlone() -> new Course.Stay(LEFT_ALONE);
            case Reading.As(var policy) -> under(bundle, policy, ordered);
            case Reading.Wrong(var policy, var _) -> under(bundle, policy, ordered);
        };
    }

    private Course under(Bundle bundle, ReloadPolicy policy, Optional<UnaryOperator<ReloadPolicy>> ordered) {
        return ordered.isPresent()
                ? new Course.Go(ordered.get().apply(policy))
                : paused(bundle.name())
                        .<Course>map(paused -> new Course.Stay("paused by " + paused.by()))
                        .orElseGet(() -> new Course.Go(policy));
    }

    private Reading reading(Bundle bundle, String container) {
        return Labels.read(
                bundle.reload(),
                journal.wishes().get(container).map(Wishes::labels).orElse(Map.of()));
    }

    /** How a container is rotated, by its labels or its bundle; empty if it is left alone. */
    public Optional<ReloadPolicy> policy(Bundle bundle, String container) {
        return switch (reading(bundle, container)) {
            case Reading.LeftAlone() -> Optional.empty();
            case Reading.As(var policy) -> Optional.of(policy);
            case Reading.Wrong(var policy, var _) -> Optional.of(policy);
        };
    }

    /** What there is to say of a container's labels; empty if they do what they ask for. */
    public String remark(Bundle bundle, String container) {
        return switch (reading(bundle, container)) {
            case Reading.LeftAlone() -> LEFT_ALONE;
            case Reading.As _ -> "";
            case Reading.Wrong(var _, var why) -> why;
        };
    }

    /** Tells of a label that is wrong. */
    void tellMistakes(Bundle bundle, Workload container) {
        if (reading(bundle, container.id()) instanceof Reading.Wrong(var _, var why)) {
            events.tell(
                    "label-refused",
                    "bundle",
                    bundle.name(),
                    "container",
                    container.name(),
                    "id",
                    container.id(),
                    "why",
                    why);
        }
    }

    /** The way in which a container is rotated that may be. */
    Optional<ReloadPolicy> policy(Bundle bundle, Plan.Rotate rotate) {
        return switch (of(bundle, rotate)) {
            case Course.Go(var policy) -> Optional.of(policy);
            case Course.Stay _ -> Optional.empty();
        };
    }

    /** An order ends when there is nothing left to do for it, or another version is wanted. */
    void settle(String bundle, BundleVersion wanted, boolean idle) {
        journal.orders()
                .get(bundle)
                .filter(order -> idle || !order.to().sameContent(wanted))
                .ifPresent(order -> journal.orders().remove(bundle));
    }

    /** The marks that keep a version of a bundle back now: one of a version that nobody is to have any more doesn't. */
    public List<BadMark> standing(String bundle) {
        var marks = journal.badOf(bundle);
        return journal.latest(bundle)
                .map(latest -> marks.stream()
                        .filter(mark ->
                                mark.bad().sameContent(mark.isEverywhere() ? latest : Plan.ordered(latest, marks)))
                        .toList())
                .orElse(List.of());
    }

    /** The pause that a bundle is under, its own or everybody's. */
    public Optional<Paused> paused(String bundle) {
        return Stream.of(bundle, Paused.ALL)
                .flatMap(name -> journal.paused().get(name).stream())
                .findFirst();
    }
}
