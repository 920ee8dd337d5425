package io.dso.agent.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the agent has to know again after a kill -9: mounts, what bundles held, versions that were taken back. */
public final class Journal {
    private final Section<Mounted> mounts;
    private final Section<Named> versions;
    private final Section<BadMark> bad;

    /** A bundle's newest version. */
    private record Named(String bundle, BundleVersion version) {}

    private Journal(Section<Mounted> mounts, Section<Named> versions, Section<BadMark> bad) {
        this.mounts = mounts;
        this.versions = versions;
        this.bad = bad;
    }

    /**
     * Opens.
     *
     * @param directory on RAM, like the mounts it tells about
     */
    public static Journal open(Path directory) throws IOException {
        return new Journal(
                Section.open(directory.resolve("mounts"), MOUNT),
                Section.open(directory.resolve("versions"), VERSION),
                Section.open(directory.resolve("bad"), BAD));
    }

    public Section<Mounted> mounts() {
        return mounts;
    }

    public Section<BadMark> bad() {
        return bad;
    }

    /** A bundle's mounts, live and retired. */
    public List<Mounted> mountsOf(String bundle) {
        return mounts.all().stream()
                .filter(mount -> mount.bundle().equals(bundle))
                .toList();
    }

    /** A bundle's marks. */
    public List<BadMark> badOf(String bundle) {
        return bad.all().stream().filter(mark -> mark.bundle().equals(bundle)).toList();
    }

    /** The newest version a bundle had, if it ever had one. */
    public Optional<BundleVersion> latest(String bundle) {
        return versions.get(bundle).map(Named::version);
    }

    /** The bundle's version with this content: the latest one if nothing changed, else a new one. */
    public synchronized BundleVersion advance(Bundle bundle, Map<SecretRef, VersionId> secrets) {
        var latest = latest(bundle.name());
        var now = new BundleVersion(highest(bundle.name()) + 1, BundleVersion.shapeOf(bundle), secrets);
        if (latest.filter(now::sameContent).isPresent()) {
            return latest.get();
        }
        versions.put(new Named(bundle.name(), now));
        return now;
    }

    /** A number is never used again, not even after the record of the newest version was lost: directories are named by it. */
    private int highest(String bundle) {
        return Stream.of(
                        latest(bundle).stream(),
                        mountsOf(bundle).stream().map(Mounted::version),
                        badOf(bundle).stream().flatMap(mark -> Stream.of(mark.bad(), mark.good())))
                .flatMap(versions -> versions)
                .mapToInt(BundleVersion::number)
                .max()
                .orElse(0);
    }

    private static final Section.Codec<Mounted> MOUNT = new Section.Codec<>() {
        @Override
        public String key(Mounted mount) {
            return mount.id();
        }

        @Override
        public void write(Mounted mount, ObjectNode to) {
            mount(mount, to);
        }

        @Override
        public Mounted read(JsonNode from) {
            return mount(from);
        }
    };

    private static final Section.Codec<Named> VERSION = new Section.Codec<>() {
        @Override
        public String key(Named named) {
            return named.bundle();
        }

        @Override
        public void write(Named named, ObjectNode to) {
            to.put("bundle", named.bundle());
            version(named.version(), to.putObject("version"));
        }

        @Override
        public Named read(JsonNode from) {
            return new Named(from.path("bundle").asText(), version(from.path("version")));
        }
    };

    private static final Section.Codec<BadMark> BAD = new Section.Codec<>() {
        @Override
        public String key(BadMark mark) {
            return mark.container() + " " + mark.bundle();
        }

        @Override
        public void write(BadMark mark, ObjectNode to) {
            to.put("container", mark.container());
            to.put("bundle", mark.bundle());
            to.put("why", mark.why());
            version(mark.bad(), to.putObject("bad"));
            version(mark.good(), to.putObject("good"));
        }

        @Override
        public BadMark read(JsonNode from) {
            return new BadMark(
                    from.path("container").asText(),
                    from.path("bundle").asText(),
                    version(from.path("bad")),
                    version(from.path("good")),
                    from.path("why").asText());
        }
    };

    /** A mount, as JSON. */
    public static void mount(Mounted mount, ObjectNode to) {
        to.put("id", mount.id());
        to.put("volume", mount.volume());
        to.put("bundle", mount.bundle());
        to.put("container", mount.container());
        to.put("name", mount.name());
        to.put("phase", mount.phase().name());
        to.put("holders", mount.holders());
        version(mount.version(), to.putObject("version"));
    }

    /** The inverse of {@link #mount(Mounted, ObjectNode)}. */
    public static Mounted mount(JsonNode from) {
        return new Mounted(
                from.path("id").asText(),
                from.path("volume").asText(),
                from.path("bundle").asText(),
                version(from.path("version")),
                from.path("container").asText(),
                from.path("name").asText(),
                Mounted.Phase.valueOf(from.path("phase").asText()),
                from.path("holders").asInt(1));
    }

    /** A version's names and numbers, as JSON. */
    public static void version(BundleVersion version, ObjectNode to) {
        to.put("number", version.number());
        to.put("shape", version.shape());
        var secrets = to.putArray("secrets");
        version.secrets()
                .forEach((ref, id) -> secrets.addObject()
                        .put("provider", ref.provider())
                        .put("path", ref.path())
                        .put("key", ref.key())
                        .put("version", id.text()));
    }

    /** The inverse of {@link #version(BundleVersion, ObjectNode)}. */
    public static BundleVersion version(JsonNode from) {
        Map<SecretRef, VersionId> secrets = new HashMap<>();
        for (var secret : from.path("secrets")) {
            secrets.put(
                    new SecretRef(
                            secret.path("provider").asText(),
                            secret.path("path").asText(),
                            secret.path("key").asText()),
                    new VersionId(secret.path("version").asText()));
        }
        return new BundleVersion(from.path("number").asInt(), from.path("shape").asText(), secrets);
    }
}
