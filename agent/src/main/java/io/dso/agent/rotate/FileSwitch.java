package io.dso.agent.rotate;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.inject.Delivery;
import io.dso.agent.record.Journal;
import io.dso.agent.rotate.Rotation.Change;
import io.dso.agent.rotate.Rotation.Job;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Answer.Got;
import io.dso.agent.secret.Answer.Refused;
import io.dso.agent.secret.Refusal;
import io.dso.agent.time.Deadline;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Switches the files of a running container's mounts, there and back. */
final class FileSwitch {
    private static final Logger LOG = Logger.getLogger(FileSwitch.class);
    private static final Duration DELIVERY = Duration.ofSeconds(30);

    private final Delivery delivery;
    private final Journal journal;
    private final Supplier<Map<String, Bundle>> bundles;
    private final InstantSource clock;

    FileSwitch(Delivery delivery, Journal journal, Supplier<Map<String, Bundle>> bundles, InstantSource clock) {
        this.delivery = delivery;
        this.journal = journal;
        this.bundles = bundles;
        this.clock = clock;
    }

    /** True while all mounts of a job are there. */
    boolean there(Job job) {
        return job.changes().stream()
                .allMatch(change -> journal.mounts()
                        .get(change.mount().id())
                        .filter(Mounted::live)
                        .isPresent());
    }

    /** Shows the new versions of all bundles, or, if one can't be had, the old ones of all. */
    Optional<Refusal> forth(Job job) {
        for (var change : job.real()) {
            if (bring(job, change) instanceof Refused<BundleVersion>(var refusal)) {
                job.real().forEach(begun -> delivery.back(begun.mount(), begun.from()));
                return Optional.of(refusal);
            }
        }
        for (var change : job.real()) {
            journal.mounts().update(change.mount().id(), mount -> mount.at(change.to()));
        }
        return Optional.empty();
    }

    /** A version that the container is to go back to may be one that the store no longer has. */
    private Answer<BundleVersion> bring(Job job, Change change) {
        var outcome = delivery.back(change.mount(), change.to());
        if (outcome instanceof Refused<BundleVersion>) {
            outcome = publish(change.mount(), change.to());
        }
        boolean goesBack = journal.badOf(change.bundle()).stream()
                .anyMatch(mark -> mark.covers(job.container()) && mark.good().equals(change.to()));
        return outcome instanceof Refused<BundleVersion> && goesBack
                ? orElse(copy(change.mount(), change.to()), outcome)
                : outcome;
    }

    private static Answer<BundleVersion> orElse(Answer<BundleVersion> first, Answer<BundleVersion> second) {
        return first instanceof Got<BundleVersion> ? first : second;
    }

    /** Marks the new versions as bad for the container: a start of it from now on gets the old ones. */
    void mark(Job job, String why) {
        for (var change : job.real()) {
            journal.bad().put(new BadMark(job.container(), change.bundle(), change.to(), change.from(), why));
        }
    }

    /** Shows the old versions again, in whatever mounts the container has now: it may have been started again. */
    void back(Job job) {
        for (var change : job.real()) {
            for (var mount : journal.mountsOf(change.bundle())) {
                if (!mount.live() || !mount.container().equals(job.container())) {
                    continue;
                }
                switch (takeBack(mount, change.from())) {
                    case Got<BundleVersion> _ -> journal.mounts().update(mount.id(), still -> still.at(change.from()));
                    case Refused<BundleVersion>(var refusal) ->
                        LOG.errorf(
                                "files not taken back container=%s bundle=%s why='%s'",
                                job.name(), change.bundle(), refusal.why());
                }
            }
        }
    }

    private Answer<BundleVersion> takeBack(Mounted mount, BundleVersion from) {
        var outcome = delivery.back(mount, from);
        if (outcome instanceof Refused<BundleVersion>) {
            outcome = copy(mount, from);
        }
        return outcome instanceof Refused<BundleVersion> ? publish(mount, from) : outcome;
    }

    private Answer<BundleVersion> publish(Mounted mount, BundleVersion version) {
        return configured(mount, bundle -> delivery.publish(mount, bundle, version, Deadline.after(DELIVERY, clock)));
    }

    private Answer<BundleVersion> copy(Mounted mount, BundleVersion version) {
        return configured(mount, bundle -> delivery.copy(version, journal.mountsOf(bundle.name()), mount, bundle));
    }

    private Answer<BundleVersion> configured(Mounted mount, Function<Bundle, Answer<BundleVersion>> with) {
        var bundle = bundles.get().get(mount.bundle());
        return bundle == null
                ? Answer.refused(new Refusal(
                        Refusal.Kind.INVALID, "bundle %s is not in the configuration".formatted(mount.bundle())))
                : with.apply(bundle);
    }
}
