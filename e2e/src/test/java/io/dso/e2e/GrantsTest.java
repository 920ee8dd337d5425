package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may mount a bundle is what the file says, checked against what the container really is. */
class GrantsTest extends EndToEnd {
    private static final String PROJECT = "com.docker.compose.project";
    private static final String SERVICE = "com.docker.compose.service";

    private final String labelled = "dso-test/labelled:" + agent.driver();

    @BeforeAll
    void startAgent() {
        agent.secret("db", "granted");
        agent.configure("""
                by-name: { secrets: [ db ], allow: { container: web-%1$s } }
                by-compose: { secrets: [ db ], allow: { compose-project: shop, compose-service: [ api, worker ] } }
                by-image: { secrets: [ db ], allow: { image: "%2$s" } }
                nobody: { secrets: [ db ] }
                """.formatted(agent.driver(), STATIC));
        agent.start();
        var base = docker("create", BUSYBOX, "true").succeeded().text();
        docker("commit", "--change", "LABEL " + PROJECT + "=shop " + SERVICE + "=api", base, labelled)
                .succeeded();
        docker("rm", base).succeeded();
    }

    @AfterAll
    void removeImage() {
        docker("rmi", "--force", labelled);
    }

    @Test
    void a_container_without_a_grant_is_refused_with_the_missing_rule_and_the_granted_one_beside_it_starts() {
        var refused = run("--name=other-" + agent.driver(), bundle("by-name"), BUSYBOX, "cat", "/s/db");
        var granted = run("--name=web-" + agent.driver(), bundle("by-name"), BUSYBOX, "cat", "/s/db");

        assertThat(refused.exitCode()).isEqualTo(125);
        assertThat(refused.stderr())
                .contains("container other-" + agent.driver() + " may not mount bundle by-name")
                .contains("container [web-" + agent.driver() + "]");
        assertThat(refused.text()).doesNotContain("granted");
        assertThat(granted.succeeded().text()).isEqualTo("granted");
    }

    @Test
    void compose_labels_that_the_caller_gave_are_granted_and_both_must_fit() {
        assertThat(asCompose("shop", "worker").succeeded().text()).isEqualTo("granted");

        var other = asCompose("shop", "cron");
        assertThat(other.exitCode()).isEqualTo(125);
        assertThat(other.stderr()).contains("compose-service [api, worker]").contains("has cron");
    }

    private Outcome asCompose(String project, String service) {
        return run(
                "--label=" + PROJECT + "=" + project,
                "--label=" + SERVICE + "=" + service,
                bundle("by-compose"),
                BUSYBOX,
                "cat",
                "/s/db");
    }

    @Test
    void a_label_that_comes_from_the_image_alone_grants_nothing() {
        var refused = run(bundle("by-compose"), labelled, "cat", "/s/db");

        assertThat(refused.exitCode()).isEqualTo(125);
        assertThat(refused.stderr()).contains("from its image alone");
        assertThat(refused.text()).doesNotContain("granted");
    }

    @Test
    void an_image_can_be_granted() {
        assertThat(run(bundle("by-image"), STATIC, "/probe", "dump", "/s")
                        .succeeded()
                        .text())
                .endsWith("granted");
        assertThat(run(bundle("by-image"), BUSYBOX, "cat", "/s/db").stderr()).contains("image [" + STATIC + "]");
    }

    @Test
    void a_container_without_a_grant_cannot_ride_on_the_volume_of_one_that_runs() {
        var volume = agent.driver() + "-shared";
        var granted = start("--name=web-" + agent.driver(), volume(volume, "by-name"), BUSYBOX, "/probe");

        var rider = run("--name=rider-" + agent.driver(), volume(volume, "by-name"), BUSYBOX, "cat", "/s/db");

        assertThat(rider.exitCode()).isEqualTo(125);
        assertThat(rider.text()).doesNotContain("granted");
        assertThat(granted.runs()).isTrue();
    }

    @Test
    void a_bundle_without_allow_is_for_nobody_and_the_error_says_which_line_to_write() {
        var refused = run("--name=any-" + agent.driver(), bundle("nobody"), BUSYBOX, "cat", "/s/db");

        assertThat(refused.exitCode()).isEqualTo(125);
        assertThat(refused.stderr()).contains("allow: { container: any-" + agent.driver() + " }");
    }
}
