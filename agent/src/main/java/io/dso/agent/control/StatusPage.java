package io.dso.agent.control;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.Paused;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.provider.ProviderState;
import io.dso.agent.provider.Providers;
import io.dso.agent.reconcile.Courses;
import io.dso.agent.reconcile.Reconciler;
import io.dso.agent.record.History;
import io.dso.agent.record.Journal;
import io.dso.agent.rotate.Rotation;
import io.dso.agent.watch.VersionBoard;
import io.dso.control.v1.BundleStatus;
import io.dso.control.v1.GetStatusResponse;
import io.dso.control.v1.MountStatus;
import io.dso.control.v1.ProviderStatus;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** What is known of bundles, their containers and providers, as a message. */
public final class StatusPage {
    private final Providers providers;
    private final Reconciler reconciler;
    private final Courses courses;
    private final Journal journal;
    private final VersionBoard board;
    private final History history;

    public StatusPage(
            Providers providers,
            Reconciler reconciler,
            Courses courses,
            Journal journal,
            VersionBoard board,
            History history) {
        this.providers = providers;
        this.reconciler = reconciler;
        this.courses = courses;
        this.journal = journal;
        this.board = board;
        this.history = history;
    }

    GetStatusResponse of(Collection<Bundle> bundles) {
        var status = GetStatusResponse.newBuilder();
        bundles.forEach(bundle -> status.addBundles(bundle(bundle)));
        providers.states().forEach(state -> status.addProviders(provider(state)));
        return status.build();
    }

    private BundleStatus bundle(Bundle bundle) {
        var status = BundleStatus.newBuilder().setName(bundle.name());
        journal.latest(bundle.name()).ifPresent(version -> status.setVersion(version.number()));
        board.checked(bundle).ifPresent(checked -> status.setChecked(Replies.timestamp(checked)));
        courses.paused(bundle.name()).ifPresent(paused -> status.setPaused(pause(paused)));
        var marks = courses.standing(bundle.name());
        for (var mount : mounts(bundle.name())) {
            var line = MountStatus.newBuilder()
                    .setContainerId(mount.container())
                    .setContainerName(mount.name())
                    .setVolume(mount.volume())
                    .setVersion(mount.version().number())
                    .setLabels(courses.remark(bundle, mount.container()));
            var strategy = courses.policy(bundle, mount.container()).map(ReloadPolicy::strategy);
            strategy.map(Strategy::word).ifPresent(line::setStrategy);
            strategy.filter(Strategy.AUTO::equals)
                    .flatMap(_ -> history.whyRestarted(bundle.name(), mount.container()))
                    .ifPresent(line::setWhy);
            marks.stream()
                    .filter(mark -> mark.container().equals(mount.container()))
                    .forEach(mark -> line.setBadVersion(mark.bad().number()).setReason(mark.why()));
            status.addMounts(line);
        }
        marks.stream().filter(BadMark::isEverywhere).forEach(mark -> status.setHold(hold(mark)));
        state(bundle, status);
        return status.build();
    }

    private List<Mounted> mounts(String bundle) {
        return journal.mountsOf(bundle).stream()
                .filter(mount -> mount.live() && !mount.container().isEmpty())
                .sorted(Comparator.comparing(Mounted::name))
                .toList();
    }

    private void state(Bundle bundle, BundleStatus.Builder status) {
        var refusal = board.refusal(bundle);
        var degraded = new TreeSet<String>();
        status.getMountsList().stream()
                .filter(mount -> mount.getBadVersion() != 0)
                .forEach(
                        mount -> degraded.add("%d marked bad: %s".formatted(mount.getBadVersion(), mount.getReason())));
        boolean rotating =
                reconciler.rotations().stream().map(Rotation::job).anyMatch(job -> job.touches(bundle.name()));
        if (rotating) {
            status.setState(BundleStatus.State.STATE_ROTATING);
        } else if (refusal.isPresent()) {
            status.setState(BundleStatus.State.STATE_UNAVAILABLE)
                    .setReason(refusal.get().why());
        } else if (!degraded.isEmpty()) {
            status.setState(BundleStatus.State.STATE_DEGRADED).setReason(String.join("; ", degraded));
        } else if (status.hasHold()) {
            status.setState(BundleStatus.State.STATE_HELD)
                    .setReason("%d instead of %d, %s"
                            .formatted(
                                    status.getHold().getVersion(),
                                    status.getHold().getInsteadOf(),
                                    status.getHold().getReason()));
        } else if (status.getVersion() == 0) {
            status.setState(BundleStatus.State.STATE_IDLE);
        } else {
            status.setState(BundleStatus.State.STATE_CURRENT);
        }
    }

    private static BundleStatus.Pause pause(Paused paused) {
        return BundleStatus.Pause.newBuilder()
                .setSince(Replies.timestamp(paused.since()))
                .setBy(paused.by())
                .setAll(paused.bundle().equals(Paused.ALL))
                .build();
    }

    private static BundleStatus.Hold hold(BadMark mark) {
        return BundleStatus.Hold.newBuilder()
                .setVersion(mark.good().number())
                .setInsteadOf(mark.bad().number())
                .setReason(mark.why())
                .build();
    }

    private static ProviderStatus provider(ProviderState state) {
        return ProviderStatus.newBuilder()
                .setName(state.name())
                .setKind(state.kind())
                .setState(
                        switch (state.phase()) {
                            case STARTING -> ProviderStatus.State.STATE_STARTING;
                            case READY -> ProviderStatus.State.STATE_READY;
                            case FAILED -> ProviderStatus.State.STATE_FAILED;
                        })
                .setReason(state.reason())
                .setSince(Replies.timestamp(state.since()))
                .build();
    }
}
