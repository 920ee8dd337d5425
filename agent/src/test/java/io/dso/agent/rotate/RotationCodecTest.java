package io.dso.agent.rotate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RotationCodecTest {
    private static final RotationCodec CODEC = new RotationCodec();
    private static final Rotation.Job JOB = new Rotation.Job(
            "c1",
            "web",
            List.of(
                    new Rotation.Change(
                            Mounted.fresh("m1", "vol", "shop", version(1)).in("c1", "web"), version(2)),
                    new Rotation.Change(
                            Mounted.fresh("m2", "tls", "tls", version(7)).in("c1", "web"), version(7))),
            new ReloadPolicy(
                    ReloadPolicy.Strategy.SIGNAL,
                    "SIGUSR1",
                    new ReloadPolicy.Hook(List.of("/bin/reload", "a b"), Duration.ofSeconds(3)),
                    Duration.ofMillis(1500),
                    Duration.ofMinutes(2),
                    new ReloadPolicy.Batch(3, ReloadPolicy.OnFailure.ROLLBACK)));
    private static final Rolling.Twin TWIN = new Rolling.Twin("c2", "web", Instant.EPOCH.plusNanos(7));

    private static BundleVersion version(int number) {
        return new BundleVersion(
                number, "files 0:0 400 a=b", Map.of(new SecretRef("v", "p", "k"), new VersionId("v" + number)));
    }

    static Stream<Rotation> states() {
        return Stream.of(
                new Rotation.Choosing(JOB),
                new Rolling.Cloning(JOB),
                new Rolling.Launching(JOB, TWIN),
                new Rolling.Gating(JOB, TWIN, "2026-01-01T00:00:00.1Z"),
                new Rolling.Joining(JOB, TWIN),
                new Rolling.Swapping(JOB, TWIN),
                new Rolling.Draining(JOB, TWIN),
                new Rolling.Clearing(JOB, TWIN),
                new Rolling.Restoring(JOB, TWIN, new Reason.Untried("taken")),
                new Rolling.Discarding(JOB, TWIN, new Reason.Bad("web exited with 3")),
                new Rolling.Discarding(JOB, TWIN, new Reason.Unwanted("stopped")),
                new Rotation.Switching(JOB),
                new Rotation.Applying(JOB, "2026-01-01T00:00:00.1Z"),
                new Rotation.Telling(JOB, "2026-01-01T00:00:00.1Z"),
                new Rotation.Proving(JOB, "2026-01-01T00:00:00.1Z", Instant.EPOCH.plusNanos(1)),
                new Rotation.Reverting(JOB, new Reason.Bad("web exited with 3 \"quoted\"")),
                new Rotation.Reapplying(JOB, new Reason.Untried("why")));
    }

    @ParameterizedTest
    @MethodSource("states")
    void every_state_is_itself_after_a_restart(Rotation rotation) throws IOException {
        var json = new ObjectMapper();
        var node = json.createObjectNode();
        CODEC.write(rotation, node);

        assertThat(CODEC.read(json.readTree(json.writeValueAsBytes(node)))).isEqualTo(rotation);
        assertThat(CODEC.key(rotation)).isEqualTo("c1");
    }

    @Test
    void an_end_is_not_kept() {
        assertThatThrownBy(() -> CODEC.write(new Rotation.Done(JOB), new ObjectMapper().createObjectNode()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_start_of_the_container_gets_what_the_rotation_is_about() {
        assertThat(new Rotation.Switching(JOB).due("c1", "shop")).isEmpty();
        assertThat(new Rotation.Applying(JOB, "").due("c1", "shop")).contains(version(2));
        assertThat(new Rotation.Telling(JOB, "").due("c1", "shop")).contains(version(2));
        assertThat(new Rotation.Proving(JOB, "", Instant.EPOCH).due("c1", "shop"))
                .contains(version(2));
        assertThat(new Rotation.Reverting(JOB, new Reason.Bad("")).due("c1", "shop"))
                .contains(version(1));
        assertThat(new Rotation.Reapplying(JOB, new Reason.Bad("")).due("c1", "shop"))
                .contains(version(1));
        assertThat(new Rotation.Telling(JOB, "").due("c1", "tls")).contains(version(7));
        assertThat(new Rotation.Telling(JOB, "").due("c1", "other")).isEmpty();
        assertThat(new Rotation.Telling(JOB, "").due("c2", "shop")).isEmpty();
    }

    @Test
    void a_start_of_the_second_container_gets_the_new_version_and_one_of_the_first_the_old() {
        var rolling = new Rolling.Launching(JOB, TWIN);

        assertThat(rolling.due("c1", "shop")).contains(version(1));
        assertThat(rolling.due("c2", "shop")).contains(version(2));
        assertThat(rolling.due("c2", "tls")).contains(version(7));
        assertThat(rolling.due("c3", "shop")).isEmpty();
    }
}
