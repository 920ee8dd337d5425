package io.dso.agent.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.Order;
import io.dso.agent.bundle.Paused;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.reconcile.World;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final SecretRef REF = new SecretRef("vault", "kv/ä b", "k\"ey");
    private static final Bundle BUNDLE = World.bundle("shop", Strategy.SIGNAL, REF);

    @TempDir
    private Path directory = Path.of("/nowhere");

    private static Map<SecretRef, VersionId> at(String version) {
        return Map.of(REF, new VersionId(version));
    }

    @Test
    void versions_are_counted_from_one_and_the_same_content_is_the_same_version() throws IOException {
        var journal = Journal.open(directory);

        var first = journal.advance(BUNDLE, at("a"));
        assertThat(first.number()).isEqualTo(1);
        assertThat(journal.advance(BUNDLE, at("a"))).isEqualTo(first);
        assertThat(journal.advance(BUNDLE, at("b")).number()).isEqualTo(2);
        assertThat(journal.advance(BUNDLE, at("a")).number())
                .as("back again is new")
                .isEqualTo(3);
        assertThat(Journal.open(directory).advance(BUNDLE, at("a")).number()).isEqualTo(3);
    }

    @Test
    void a_bundle_that_looks_different_is_another_version() throws IOException {
        var journal = Journal.open(directory);
        journal.advance(BUNDLE, at("a"));
        var changed = new Bundle(
                BUNDLE.name(),
                BUNDLE.items(),
                BUNDLE.format(),
                new Bundle.Owner(1000, 1000),
                BUNDLE.mode(),
                BUNDLE.allow(),
                BUNDLE.reload(),
                BUNDLE.onUnavailable());

        assertThat(journal.advance(changed, at("a")).number()).isEqualTo(2);
    }

    @Test
    void mounts_and_marks_are_the_same_after_reopening() throws IOException {
        var journal = Journal.open(directory);
        var version = journal.advance(BUNDLE, at("\"\\ 🔑"));
        var mount = Mounted.fresh("m1", "vol", "shop", version)
                .in("c1", "web")
                .held()
                .held()
                .released();
        var mark = new BadMark("c1", "shop", version, version, "web exited with 3");
        journal.mounts().put(mount);
        journal.mounts().put(mount.retired().at(version));
        journal.mounts().put(mount);
        journal.bad().put(mark);

        var again = Journal.open(directory);

        assertThat(again.mountsOf("shop")).containsExactly(mount);
        assertThat(again.badOf("shop")).containsExactly(mark);
        assertThat(again.latest("shop")).contains(version);
        assertThat(again.mountsOf("other")).isEmpty();
    }

    @Test
    void a_number_is_not_used_again_when_the_record_of_the_newest_version_is_lost() throws IOException {
        var journal = Journal.open(directory);
        journal.advance(BUNDLE, at("a"));
        var second = journal.advance(BUNDLE, at("b"));
        journal.mounts().put(Mounted.fresh("m1", "vol", "shop", second));
        Files.writeString(directory.resolve("versions/shop.json"), "{");

        assertThat(Journal.open(directory).advance(BUNDLE, at("c")).number()).isEqualTo(3);
    }

    @Test
    void a_version_has_numbers_and_names_and_no_value() {
        var version = new BundleVersion(7, "files", at("x"));

        assertThat(version).hasToString("v7");
        assertThat(version.sameContent(new BundleVersion(8, "files", at("x")))).isTrue();
        assertThat(version.sameContent(new BundleVersion(7, "json", at("x")))).isFalse();
        assertThat(version.sameContent(new BundleVersion(7, "files", at("y")))).isFalse();
    }

    @Test
    void the_last_versions_are_remembered_and_a_preview_keeps_nothing() throws IOException {
        var journal = Journal.open(directory);
        for (var id : "abcdefg".split("")) {
            journal.advance(BUNDLE, at(id));
        }

        assertThat(journal.preview(BUNDLE, at("h")).number()).isEqualTo(8);
        assertThat(journal.preview(BUNDLE, at("g")).number()).isEqualTo(7);
        assertThat(Journal.open(directory).versionsOf("shop"))
                .extracting(BundleVersion::number)
                .containsExactly(3, 4, 5, 6, 7);
        assertThat(journal.latest("shop").orElseThrow().number()).isEqualTo(7);
    }

    @Test
    void what_operators_said_is_there_after_a_kill() throws IOException {
        var journal = Journal.open(directory);
        var version = journal.advance(BUNDLE, at("a"));
        var paused = new Paused(Paused.ALL, Instant.parse("2026-01-01T12:00:00Z"), "uid 0");
        var plain = new Order("shop", version, new Order.Manner.AsConfigured(), "uid 0");
        var forced = new Order("other", version, new Order.Manner.By(Strategy.RESTART), "uid 0");
        var mark = BadMark.everywhere("shop", version, version, "why");
        journal.paused().put(paused);
        journal.orders().put(plain);
        journal.orders().put(forced);
        journal.bad().put(mark);

        var again = Journal.open(directory);

        assertThat(again.paused().all()).containsExactly(paused);
        assertThat(again.orders().all()).containsExactlyInAnyOrder(plain, forced);
        assertThat(again.badOf("shop")).containsExactly(mark);
    }
}
