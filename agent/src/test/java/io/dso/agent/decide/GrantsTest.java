package io.dso.agent.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Grant;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.Workload;
import io.dso.agent.secret.SecretRef;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GrantsTest {
    private static final Map<String, String> NO_LABELS = Map.of();
    private static final Map<String, String> SHOP_API =
            Map.of(Workload.COMPOSE_PROJECT, "shop", Workload.COMPOSE_SERVICE, "api");

    private static Bundle bundle(
            Set<String> projects, Set<String> services, Set<String> containers, Set<String> images) {
        return new Bundle(
                "shop",
                List.of(new Bundle.Item(new SecretRef("local", "a", ""), "a")),
                new Bundle.Format.Files(),
                new Bundle.Owner(0, 0),
                0400,
                new Grant(projects, services, containers, images),
                new ReloadPolicy(
                        ReloadPolicy.Strategy.NONE,
                        "SIGHUP",
                        ReloadPolicy.Hook.NONE,
                        Duration.ZERO,
                        Duration.ZERO,
                        ReloadPolicy.Batch.CAREFUL),
                Bundle.OnUnavailable.FAIL);
    }

    private static final Bundle TO_SHOP = bundle(Set.of("shop"), Set.of(), Set.of(), Set.of());

    private static Workload workload(String name, Map<String, String> labels) {
        return new Workload("id", name, "shop/api:1", "sha256:abc", labels, false, Set.of("shop"));
    }

    private static Map<String, String> with(Map<String, String> labels, String key, String value) {
        var all = new HashMap<>(labels);
        all.put(key, value);
        return all;
    }

    private static Verdict.Denied denied(Bundle bundle, Workload workload, Map<String, String> imageLabels) {
        return switch (Grants.check(bundle, workload, imageLabels)) {
            case Verdict.Granted() -> throw new AssertionError("granted");
            case Verdict.Denied denied -> denied;
        };
    }

    @Test
    void no_rule_means_nobody_and_the_error_says_which_line_to_write() {
        var nobody = bundle(Set.of(), Set.of(), Set.of(), Set.of());

        assertThat(denied(nobody, workload("web", NO_LABELS), NO_LABELS))
                .isEqualTo(new Verdict.Denied(
                        "bundle shop has no allow, which means nobody", "allow: { container: web }"));
        assertThat(denied(nobody, workload("shop-api-1", SHOP_API), NO_LABELS).fix())
                .isEqualTo("allow: { compose-project: shop, compose-service: api }");
    }

    @Test
    void a_compose_label_that_the_container_was_created_with_grants() {
        assertThat(Grants.check(TO_SHOP, workload("shop-api-1", SHOP_API), NO_LABELS))
                .isEqualTo(new Verdict.Granted());
    }

    @Test
    void a_compose_label_that_comes_from_the_image_alone_grants_nothing() {
        var verdict = denied(TO_SHOP, workload("evil", SHOP_API), SHOP_API);

        assertThat(verdict.why())
                .isEqualTo("bundle shop allows compose-project shop, which this container has from its image alone");
        assertThat(verdict.fix()).as("not the line that is there").isEqualTo("allow: { container: evil }");
    }

    @Test
    void an_image_that_compose_built_has_its_labels_too_and_its_containers_are_granted() {
        var container = workload("shop-api-1", with(SHOP_API, Workload.COMPOSE_CONFIG_HASH, "c0ffee"));

        assertThat(Grants.check(TO_SHOP, container, SHOP_API)).isEqualTo(new Verdict.Granted());
    }

    @Test
    void an_image_that_brings_a_config_hash_too_grants_nothing() {
        var labels = with(SHOP_API, Workload.COMPOSE_CONFIG_HASH, "c0ffee");

        assertThat(denied(TO_SHOP, workload("evil", labels), labels).why()).contains("from its image alone");
    }

    @Test
    void an_image_committed_from_a_compose_container_does_not_keep_compose_from_using_it() {
        var container = workload("shop-api-1", with(SHOP_API, Workload.COMPOSE_CONFIG_HASH, "of the new one"));

        assertThat(Grants.check(
                        TO_SHOP, container, with(SHOP_API, Workload.COMPOSE_CONFIG_HASH, "of the committed one")))
                .isEqualTo(new Verdict.Granted());
    }

    @Test
    void every_rule_that_is_there_must_hold_and_each_that_does_not_is_named() {
        var strict = bundle(Set.of("shop"), Set.of("api", "worker"), Set.of(), Set.of("shop/api:1"));

        assertThat(Grants.check(strict, workload("shop-api-1", SHOP_API), NO_LABELS))
                .isEqualTo(new Verdict.Granted());
        assertThat(denied(strict, workload("x", Map.of(Workload.COMPOSE_PROJECT, "other")), NO_LABELS)
                        .why())
                .isEqualTo("bundle shop allows compose-project [shop], this container has other"
                        + " and compose-service [api, worker], this container has none");
    }

    @Test
    void an_image_is_named_by_reference_or_by_id() {
        var byReference = bundle(Set.of(), Set.of(), Set.of(), Set.of("shop/api:1"));
        var byId = bundle(Set.of(), Set.of(), Set.of(), Set.of("sha256:abc"));
        var other = bundle(Set.of(), Set.of(), Set.of(), Set.of("sha256:def"));

        assertThat(Grants.check(byReference, workload("web", NO_LABELS), NO_LABELS))
                .isEqualTo(new Verdict.Granted());
        assertThat(Grants.check(byId, workload("web", NO_LABELS), NO_LABELS)).isEqualTo(new Verdict.Granted());
        assertThat(denied(other, workload("web", NO_LABELS), NO_LABELS).why())
                .isEqualTo("bundle shop allows image [sha256:def], this container has shop/api:1");
    }

    @Test
    void names_are_compared_whole() {
        var web = bundle(Set.of(), Set.of(), Set.of("web"), Set.of());

        assertThat(Grants.check(web, workload("web", NO_LABELS), NO_LABELS)).isEqualTo(new Verdict.Granted());
        denied(web, workload("web2", NO_LABELS), NO_LABELS);
        denied(web, workload("Web", NO_LABELS), NO_LABELS);
        denied(web, workload("", NO_LABELS), NO_LABELS);
    }

    @Test
    void labels_of_images_are_needed_for_compose_rules_alone() {
        assertThat(Grants.needsImageLabels(TO_SHOP.allow())).isTrue();
        assertThat(Grants.needsImageLabels(
                        bundle(Set.of(), Set.of(), Set.of("web"), Set.of("x")).allow()))
                .isFalse();
    }
}
