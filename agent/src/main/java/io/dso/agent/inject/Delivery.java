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
import java.util.Optional;
import java.util.Set;

/** Brings a bundle version into a mount: the whole life of a secret's bytes in this process is in here. */
public final class Delivery {
    private final Fetcher fetcher;
    private final VolumeRoot root;

    public Delivery(Fetcher fetcher, VolumeRoot root) {
        this.fetcher = fetcher;
        this.root = root;
    }

    /**
     * Reads the values, writes them beside what is shown, switches, and reads back. When it is refused the mount shows
     * what it showed before.
     */
    public Answer<BundleVersion> publish(Mounted mount, Bundle bundle, BundleVersion version, Deadline deadline) {
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

    /** Copies a version from another mount of the same bundle that still has it. */
    public Answer<BundleVersion> copy(Mounted from, Mounted to, Bundle bundle, BundleVersion version) {
        try (var files = directory(from).read(version.number())) {
            return write(to, bundle, version, files);
        } catch (IOException e) {
            return failed(to, e);
        }
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

    /** A mount that still has a version of a bundle. */
    public Optional<Mounted> holding(BundleVersion version, Iterable<Mounted> mounts) {
        for (var mount : mounts) {
            if (directory(mount).has(version.number())) {
                return Optional.of(mount);
            }
        }
        return Optional.empty();
    }

    /** Removes what a mount keeps besides what it shows. */
    public void prune(Mounted mount) throws IOException {
        directory(mount).prune(Set.of());
    }

    private Answer<BundleVersion> write(Mounted mount, Bundle bundle, BundleVersion version, RenderedFiles files) {
        try {
            var directory = directory(mount);
            directory.publish(version.number(), files, bundle.owner(), bundle.mode());
            return directory.shows(files)
                    ? Answer.got(version)
                    : Answer.refused(new Refusal(
                            Refusal.Kind.INVALID, "mount " + mount.id() + " doesn't read back as it was written"));
        } catch (IOException e) {
            return failed(mount, e);
        }
    }

    private VersionDirectory directory(Mounted mount) {
        return new VersionDirectory(path(mount));
    }

    private Path path(Mounted mount) {
        return root.directory(mount.volume(), mount.id());
    }

    private static Answer<BundleVersion> failed(Mounted mount, IOException e) {
        return Answer.refused(new Refusal(
                Refusal.Kind.UNAVAILABLE,
                "files of volume %s can't be written: %s".formatted(mount.volume(), e.getMessage())));
    }
}
