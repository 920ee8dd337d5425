package io.dso.agent.inject;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.fetch.Fetcher;
import io.dso.agent.fetch.Values;
import io.dso.agent.render.RenderedFiles;
import io.dso.agent.render.Renderer;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Answer.Got;
import io.dso.agent.secret.Answer.Refused;
import io.dso.agent.secret.Refusal;
import io.dso.agent.time.Deadline;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/** Brings a bundle version into a mount: the whole life of a secret's bytes in this process is in here. */
public final class Delivery {
    /** How long a version that isn't shown any more is kept for those who are reading it. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Fetcher fetcher;
    private final VolumeRoot root;

    public Delivery(Fetcher fetcher, VolumeRoot root) {
        this.fetcher = fetcher;
        this.root = root;
    }

    /**
     * Reads the values, writes them beside what is shown, switches, and reads back. When it is refused the mount shows
     * what it showed before.
     *
     * @param bundle as it is configured now; refused as INVALID if the version is one of another shape
     */
    public Answer<BundleVersion> publish(Mounted mount, Bundle bundle, BundleVersion version, Deadline deadline) {
        if (!version.shape().equals(BundleVersion.shapeOf(bundle))) {
            return Answer.refused(new Refusal(
                    Refusal.Kind.INVALID,
                    "bundle %s is configured in another way than in %s".formatted(bundle.name(), version)));
        }
        return switch (fetcher.values(version.secrets(), deadline)) {
            case Refused<Values>(var refusal) -> Answer.refused(refusal);
            case Got<Values>(var values) -> {
                try (values) {
                    yield switch (Renderer.render(bundle, values.byRef())) {
                        case Refused<RenderedFiles>(var refusal) -> Answer.refused(refusal);
                        case Got<RenderedFiles>(var files) -> {
                            try (files) {
                                yield write(mount, bundle, version, files);
                            }
                        }
                    };
                }
            } // wiped here, whatever happened
        };
    }

    /**
     * Copies a version from another mount of the same bundle that still has it, under whatever number; refused as
     * NOT_FOUND if none has.
     */
    public Answer<BundleVersion> copy(BundleVersion version, Collection<Mounted> holders, Mounted to, Bundle bundle) {
        for (var holder : holders) {
            var number =
                    holder.version().sameContent(version) ? holder.version().number() : version.number();
            if (holder.id().equals(to.id()) || !directory(holder).has(number)) {
                continue;
            }
            try (var files = directory(holder).read(number)) {
                return write(to, bundle, version, files);
            } catch (NoSuchFileException e) {
                // It ended meanwhile; the next one may have it too.
            } catch (IOException e) {
                return failed(to, e);
            }
        }
        return Answer.refused(
                new Refusal(Refusal.Kind.NOT_FOUND, "no mount has %s of bundle %s".formatted(version, bundle.name())));
    }

    /** Shows a version that the mount still has from before; refused as NOT_FOUND if it has not. */
    public Answer<BundleVersion> back(Mounted mount, BundleVersion version) {
        try {
            directory(mount).show(version.number());
            return Answer.got(version);
        } catch (NoSuchFileException e) {
            return Answer.refused(
                    new Refusal(Refusal.Kind.NOT_FOUND, "mount " + mount.id() + " no longer has version " + version));
        } catch (IOException e) {
            return failed(mount, e);
        }
    }

    /** Removes what a mount keeps besides what it shows and showed a moment ago. */
    public void prune(Mounted mount) throws IOException {
        directory(mount).prune(Instant.now().minus(GRACE)); // files' times are the system's
    }

    private Answer<BundleVersion> write(Mounted mount, Bundle bundle, BundleVersion version, RenderedFiles files) {
        var directory = directory(mount);
        try {
            var before = directory.shown();
            try {
                directory.publish(version.number(), files, bundle.owner(), bundle.mode());
                if (directory.shows(files)) {
                    return Answer.got(version);
                }
            } catch (IOException e) {
                restore(directory, before);
                throw e;
            }
            restore(directory, before);
            return Answer.refused(new Refusal(
                    Refusal.Kind.INVALID,
                    "files of volume %s don't read back as they were written".formatted(mount.volume())));
        } catch (IOException e) {
            return failed(mount, e);
        }
    }

    private static void restore(VersionDirectory directory, Optional<Integer> before) throws IOException {
        if (before.isPresent()) {
            directory.show(before.get());
        }
    }

    private VersionDirectory directory(Mounted mount) {
        return new VersionDirectory(path(mount));
    }

    private Path path(Mounted mount) {
        return root.directory(mount.volume(), mount.id());
    }

    private static Answer<BundleVersion> failed(Mounted mount, IOException e) {
        var why = e instanceof NoSuchFileException ? "there is no " + e.getMessage() : e.getMessage();
        return Answer.refused(new Refusal(
                Refusal.Kind.UNAVAILABLE, "files of volume %s can't be written: %s".formatted(mount.volume(), why)));
    }
}
