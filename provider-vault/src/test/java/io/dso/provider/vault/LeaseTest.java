package io.dso.provider.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.sdk.StoreFailure.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases of a real OpenBao, of users in a real PostgreSQL and of certificates. Times are seconds, and real. */
class LeaseTest {
    @TempDir
    static Path directory;

    private static Bao bao;
    private static Postgres postgres;

    @BeforeAll
    static void startServers() throws IOException {
        postgres = Postgres.start(directory.resolve("postgres"));
        bao = Bao.start(directory.resolve("bao"));
        bao.post("/sys/mounts/database", "{'type':'database'}");
        bao.post(
                "/database/config/shop",
                "{'plugin_name':'postgresql-database-plugin','allowed_roles':'*','username':'admin','password':'admin',"
                        + "'connection_url':'postgresql://{{username}}:{{password}}@127.0.0.1:%d/postgres?sslmode=disable'}"
                                .formatted(postgres.port()));
        role("short", "4s", "8s");
        role("long", "1h", "24h");
        bao.post("/sys/mounts/pki", "{'type':'pki'}");
        bao.post("/pki/root/generate/internal", "{'common_name':'shop ca','ttl':'24h'}");
        bao.post("/pki/roles/web", "{'allow_any_name':true,'ttl':'3s','key_type':'ec','key_bits':256}");
        bao.policy(
                "leases",
                "database/creds/* read",
                "database/static-creds/* read",
                "pki/issue/* update",
                "sys/leases/revoke update");
    }

    private static void role(String name, String ttl, String max) {
        bao.post(
                "/database/roles/" + name,
                "{'db_name':'shop','default_ttl':'%s','max_ttl':'%s','creation_statements':['create role \\'{{name}}\\' login password $$p$$']}"
                        .formatted(ttl, max)
                        .replace("\\'", "\\u0022")
                        .replace("$$p$$", "\\u0027{{password}}\\u0027"));
    }

    @AfterAll
    static void stopServers() {
        if (bao != null) {
            bao.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    private static Store open(String leases) {
        return Store.open("{'address':'%s','auth':{'method':'token','token-file':'%s'},'leases':%s}"
                .formatted(bao.address(), bao.tokenFile("leases"), leases));
    }

    @Test
    void a_lease_is_made_by_the_first_fetch_and_its_members_belong_together() throws Exception {
        int before = postgres.leasedUsers();
        try (var store = open("{'on-stop':'revoke'}")) {
            var version = store.version("database/creds/long");
            assertThat(store.version("database/creds/long")).isEqualTo(version);
            assertThat(postgres.leasedUsers())
                    .as("naming a version makes nothing")
                    .isEqualTo(before);

            var user = store.fetch("database/creds/long#username", version);
            var password = store.fetch("database/creds/long#password", version);

            assertThat(postgres.sql(user, password, "select current_user")).isEqualTo(user);
            assertThat(postgres.leasedUsers()).isEqualTo(before + 1);
            Store.fails(Kind.NOT_FOUND, "is over", () -> store.fetch("database/creds/long", "lease-0"));
        }
        assertThat(postgres.leasedUsers()).as("after the stop").isEqualTo(before);
    }

    @Test
    void there_is_a_working_user_over_three_ends_of_leases_and_none_is_left() throws Exception {
        int before = postgres.leasedUsers();
        var users = new LinkedHashMap<String, String>();
        var atATime = new HashSet<Integer>();
        try (var store = open("{'overlap':'1s','on-stop':'revoke'}")) {
            Program.await("three leases ended", () -> {
                var version = store.version("database/creds/short");
                var user = store.fetch("database/creds/short#username", version);
                var password = store.fetch("database/creds/short#password", version);
                assertThat(postgres.sql(user, password, "select current_user")).isEqualTo(user);
                users.put(version, user);
                atATime.add(postgres.leasedUsers() - before);
                return users.size() >= 4;
            });
            assertThat(atATime).as("users at a time").allMatch(count -> count == 1 || count == 2);
        }
        assertThat(postgres.leasedUsers()).as("after the stop").isEqualTo(before);
        long renewed = bao.requests().stream()
                .filter("update sys/leases/renew"::equals)
                .count();
        System.out.println("three ends of leases: users " + users.values() + ", renewals " + renewed);
        assertThat(renewed).as("leases were renewed before they were replaced").isGreaterThanOrEqualTo(3);
    }

    @Test
    void what_is_not_asked_for_any_more_is_given_back_while_other_things_are() throws Exception {
        int before = postgres.leasedUsers();
        try (var store = open("{'unused':'2s'}")) {
            store.value("database/creds/long#password");
            assertThat(postgres.leasedUsers()).isEqualTo(before + 1);

            Program.await("the user is gone", () -> {
                store.version("pki/issue/web?common_name=other.shop");
                return postgres.leasedUsers() == before;
            });
        }
    }

    @Test
    void a_certificate_is_issued_with_parameters_and_anew_before_it_ends() throws Exception {
        try (var store = open("{}")) {
            var path = "pki/issue/web?common_name=api.shop&ttl=4s";
            var first = store.version(path);
            assertThat(store.fetch(path + "#private_key", first)).startsWith("-----BEGIN EC PRIVATE KEY-----");
            var certificate = store.fetch(path + "#certificate", first);

            Program.await("a new certificate", () -> !store.version(path).equals(first));

            assertThat(store.value(path + "#certificate"))
                    .startsWith("-----BEGIN CERTIFICATE-----")
                    .isNotEqualTo(certificate);
        }
    }

    @Test
    void a_static_role_has_a_new_version_when_its_password_is_rotated() throws Exception {
        postgres.sql("admin", "admin", "create role kept login password 'x'");
        bao.post("/database/static-roles/kept", "{'db_name':'shop','username':'kept','rotation_period':'24h'}");
        try (var store = open("{}")) {
            var first = store.version("database/static-creds/kept");
            assertThat(store.version("database/static-creds/kept")).isEqualTo(first);

            bao.post("/database/rotate-role/kept", "{}");

            var second = store.version("database/static-creds/kept");
            assertThat(second).isNotEqualTo(first);
            var password = store.fetch("database/static-creds/kept#password", second);
            assertThat(postgres.sql("kept", password, "select current_user")).isEqualTo("kept");
        }
    }

    @Test
    void a_role_that_is_not_there_or_denied_is_said_and_made_as_soon_as_it_can_be() throws Exception {
        try (var store = open("{'on-stop':'revoke'}")) {
            Store.fails(Kind.INVALID, "database/creds/later", () -> store.value("database/creds/later"));
            Store.fails(Kind.DENIED, "pki/sign/web", () -> store.value("pki/sign/web"));
            role("later", "1h", "2h");
            assertThat(store.value("database/creds/later#username")).startsWith("v-");
        }
    }
}
