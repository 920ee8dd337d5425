package io.dso.agent.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.Order;
import io.dso.agent.bundle.Paused;
import io.dso.agent.bundle.Wishes;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the agent has to know again after a kill -9: mounts, what bundles held, versions that were taken back, what operators
 * said, what containers ask for.
 */
public final class Journal {
    /** Versions of a bundle that are remembered, the newest included: names and numbers, no values. */
    private static final int VERSIONS = 5;

    private final Section<Mounted> mounts;
    private final Section<Lineage> versions;
    private final Section<BadMark> bad;
    private final Section<Paused> paused;
    private final Section<Order> orders;
    private final Section<Wishes> wishes;

    /** A bundle's versions, oldest first, at least one. */
    private record Lineage(String bundle, List<BundleVersion> versions) {
        private Lineage with(BundleVersion newest) {
            var all = new ArrayList<>(versions);
            all.add(newest);
            return new Lineage(bundle, List.copyOf(all.subList(Math.max(0, all.size() - VERSIONS), all.size())));
        }
    }

    private Journal(Path directory) throws IOException {
        this.mounts = Section.open(directory.resolve("mounts"), MOUNT);
        this.versions = Section.open(directory.resolve("versions"), LINEAGE);
        this.bad = Section.open(directory.resolve("bad"), BAD);
        this.paused = Section.open(directory.resolve("paused"), Said.PAUSED);
        this.orders = Section.open(directory.resolve("orders"), Said.ORDER);
        this.wishes = Section.open(directory.resolve("wishes"), Said.WISHES);
    }

    /**
     * Opens.
     *
     * @param directory on RAM, like the mounts it tells about
     */
    public static Journal open(Path directory) throws IOException {
        return new Journal(directory);
    }

    public Section<Mounted> mounts() {
        return mounts;
    }

    public Section<BadMark> bad() {
        return bad;
    }

    /** Operators' pauses, by bundle. */
    public Section<Paused> paused() {
        return paused;
    }

    /** Operators' orders that stand, by bundle. */
    public Section<Order> orders() {
        return orders;
    }

    /** What containers ask for by their labels, by container. */
    public Section<Wishes> wishes() {
        return wishes;
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
        return versions.get(bundle).map(lineage -> lineage.versions().getLast());
    }

    /** The versions of a bundle that are remembered, oldest first, the latest included. */
    public List<BundleVersion> versionsOf(String bundle) {
        return versions.get(bundle).map(Lineage::versions).orElse(List.of());
    }

    /** The bundle's version with this content: the latest one if nothing changed, else a new one. */
    public synchronized BundleVersion advance(Bundle bundle, Map<SecretRef, VersionId> secrets) {
        var now = preview(bundle, secrets);
        if (latest(bundle.name()).filter(now::equals).isEmpty()) {
            versions.put(versions.get(bundle.name())
                    .orElse(new Lineage(bundle.name(), List.of()))
                    .with(now));
        }
        return now;
    }

    /** What {@link #advance} would answer, and nothing is kept. */
    public synchronized BundleVersion preview(Bundle bundle, Map<SecretRef, VersionId> secrets) {
        var next = new BundleVersion(highest(bundle.name()) + 1, BundleVersion.shapeOf(bundle), secrets);
        return latest(bundle.name()).filter(next::sameContent).orElse(next);
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

    private static final Section.Codec<Lineage> LINEAGE = new Section.Codec<>() {
        @Override
        public String key(Lineage lineage) {
            return lineage.bundle();
        }

        @Override
        public void write(Lineage lineage, ObjectNode to) {
            to.put("bundle", lineage.bundle());
            var all = to.putArray("versions");
            lineage.versions().forEach(version -> version(version, all.addObject()));
        }

        @Override
        public Lineage read(JsonNode from) {
            var all = new ArrayList<BundleVersion>();
            from.path("versions").forEach(version -> all.add(version(version)));
            if (all.isEmpty()) {
                throw new IllegalArgumentException("no version");
            }
            return new Lineage(from.path("bundle").asText(), List.copyOf(all));
        }
    };

    private static final Section.Codec<BadMark> BAD = new Section.Codec<>() {
        @Override
        public String key(BadMark mark) {
            return mark.key();
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
