package io.dso.agent.reconcile;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Paused;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.decide.Course;
import io.dso.agent.decide.Plan;
import io.dso.agent.record.Journal;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Says whether and how a container may be rotated now: the bundle's policy, under what operators said. */
public final class Courses {
    private final Journal journal;

    public Courses(Journal journal) {
        this.journal = journal;
    }

    /** The course for one container. An order to the version that it is about goes through a pause. */
    Course of(Bundle bundle, Plan.Rotate rotate) {
        var order =
                journal.orders().get(bundle.name()).filter(given -> given.to().sameContent(rotate.to()));
        if (order.isPresent()) {
            return new Course.Go(order.get().applied(bundle.reload()));
        }
        return paused(bundle.name())
                .<Course>map(paused -> new Course.Stay("paused by " + paused.by()))
                .orElseGet(() -> new Course.Go(bundle.reload()));
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
