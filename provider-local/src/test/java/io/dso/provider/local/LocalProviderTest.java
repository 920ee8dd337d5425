package io.dso.provider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.dso.provider.local.vault.KeySource;
import io.dso.provider.local.vault.SecretBytes;
import io.dso.provider.local.vault.SecretPath;
import io.dso.provider.local.vault.Vault;
import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.sdk.ProviderServer;
import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.DescribeRequest;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.provider.v1.SecretRef;
import io.dso.provider.v1.VersionResult;
import io.dso.provider.v1.WatchRequest;
import io.dso.provider.v1.WatchResponse;
import io.dso.transport.Peer;
import io.dso.transport.UnixChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalProviderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private Path file;
    private KeySource.KeyFile key;
    private ProviderServer server;
    private UnixChannel channel;

    @BeforeEach
    void start() throws IOException {
        file = directory.resolve("data/local.vault");
        Files.createDirectory(directory.resolve("data"));
        key = KeySource.createKeyFile(directory.resolve("local.key"));
        Vault.create(file, key, 10).close();
        var config = ProviderConfig.parse("{\"vault\":\"" + file + "\",\"key-file\":\"" + key.file() + "\"}");
        var socket = directory.resolve("s");
        server = ProviderServer.start(socket, Peer.self().uid(), Main.open(config));
        channel = UnixChannel.to(socket);
    }

    @AfterEach
    void stop() throws IOException {
        channel.close();
        server.close();
    }

    @Test
    void it_says_who_it_is() {
        var self = provider().describe(DescribeRequest.getDefaultInstance());

        assertThat(self.getName()).isEqualTo("local");
        assertThat(self.getVersion()).matches("\\d+\\.\\d+.*");
        assertThat(self.getCapabilitiesList()).hasSize(2);
    }

    @Test
    void versions_are_those_of_the_vault_and_each_failure_is_its_own() {
        put("a", "1");
        put("a", "2");

        var results = provider()
                .getVersions(GetVersionsRequest.newBuilder()
                        .addRefs(ref("a", ""))
                        .addRefs(ref("none", ""))
                        .addRefs(ref("a", "key"))
                        .addRefs(ref("/no name/", ""))
                        .build())
                .getResultsList();

        assertThat(results).extracting(VersionResult::getVersion).containsExactly("2", "", "2", "");
        assertThat(results.get(1).getError().getMessage()).contains("there is no secret none");
    }

    @Test
    void a_value_of_one_mebibyte_comes_through_byte_for_byte() {
        byte[] value = new byte[1 << 20];
        new Random(3).nextBytes(value);
        try (var vault = Vault.open(file, key)) {
            vault.put(new SecretPath("big"), SecretBytes.owning(value.clone()));
        }

        assertThat(fetch("big", "", "1")).isEqualTo(ByteString.copyFrom(value));
    }

    @Test
    void a_member_of_a_json_value_is_fetched_alone() {
        put("db", "{\"user\": \"shop\", \"password\": \"p$w\\\"o'r\\\\d\\n\", \"port\": 5432}");

        assertThat(fetch("db", "password", "1").toStringUtf8()).isEqualTo("p$w\"o'r\\d\n");
        assertThat(fetch("db", "port", "1").toStringUtf8()).isEqualTo("5432");
        fails(Status.Code.NOT_FOUND, () -> fetch("db", "host", "1"));
    }

    @Test
    void a_member_of_what_is_no_object_is_refused_without_the_value() {
        put("db", "plain-secret");

        assertThatThrownBy(() -> fetch("db", "password", "1"))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
                    assertThat(e).hasMessageContaining("no JSON object").hasMessageNotContaining("plain-secret");
                });
    }

    @Test
    void only_versions_that_exist_are_fetched_by_exactly_their_name() {
        put("a", "x");

        for (var version : new String[] {"2", "01", "+1", "1 ", "latest", "-1", "99999999999999999999"}) {
            fails(Status.Code.NOT_FOUND, () -> fetch("a", "", version));
        }
    }

    @Test
    void a_change_is_reported_at_once_and_names_only_what_changed() throws InterruptedException {
        put("a", "1");
        put("b", "1");
        var reports = watch(ref("a", ""), ref("b", ""), ref("later", ""));
        assertThat(take(reports).getChangedList()).as("armed").isEmpty();

        long began = System.nanoTime();
        put("b", "2");

        assertThat(take(reports).getChangedList()).containsExactly(ref("b", ""));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).as("no poll").isLessThan(Duration.ofSeconds(1));

        put("later", "1");
        assertThat(take(reports).getChangedList()).containsExactly(ref("later", ""));
        put("other", "1");
        delete("a");
        assertThat(take(reports).getChangedList()).containsExactly(ref("a", ""));
    }

    @Test
    void a_vault_that_goes_and_comes_back_is_unavailable_and_then_reported() throws Exception {
        put("a", "1");
        var reports = watch(ref("a", ""));
        take(reports);
        var aside = directory.resolve("aside");

        Files.move(file, aside);
        fails(Status.Code.UNAVAILABLE, () -> provider().check(CheckRequest.getDefaultInstance()));
        Vault.create(file, key, 10).close();
        assertThat(take(reports).getChangedList()).as("gone").containsExactly(ref("a", ""));

        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        assertThat(take(reports).getChangedList()).as("back").containsExactly(ref("a", ""));
        assertThat(fetch("a", "", "1").toStringUtf8()).isEqualTo("1");
    }

    @Test
    void a_directory_that_is_made_anew_is_watched_again() throws Exception {
        put("a", "1");
        var reports = watch(ref("a", ""));
        take(reports);

        Files.move(file.getParent(), directory.resolve("old"));
        Files.createDirectory(file.getParent());
        Files.copy(directory.resolve("old/local.vault"), file);
        put("a", "2");

        assertThat(take(reports).getChangedList()).containsExactly(ref("a", ""));
    }

    @Test
    void a_damaged_vault_is_unavailable_with_the_reason_until_it_is_whole() throws IOException {
        put("a", "1");
        byte[] good = Files.readAllBytes(file);
        byte[] bad = good.clone();
        bad[80] ^= 1;

        replace(bad);
        assertThatThrownBy(() -> fetch("a", "", "1"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getDescription())
                                .contains("the vault is damaged")
                                .contains(file.toString()));

        replace(good);
        assertThat(fetch("a", "", "1").toStringUtf8()).isEqualTo("1");
    }

    @Test
    void a_configuration_with_two_keys_is_refused() {
        var config = ProviderConfig.parse("{\"key-file\":\"/a\",\"passphrase-file\":\"/b\"}");

        assertThatThrownBy(() -> Main.open(config)).hasMessageContaining("exclude each other");
    }

    private void replace(byte[] content) throws IOException {
        var fresh = directory.resolve("fresh");
        Files.write(fresh, content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void put(String name, String value) {
        try (var vault = Vault.open(file, key);
                var bytes = SecretBytes.owning(value.getBytes(StandardCharsets.UTF_8))) {
            vault.put(new SecretPath(name), bytes);
        }
    }

    private void delete(String name) {
        try (var vault = Vault.open(file, key)) {
            vault.delete(new SecretPath(name));
        }
    }

    private ProviderGrpc.ProviderBlockingStub provider() {
        return ProviderGrpc.newBlockingStub(channel.grpc()).withDeadlineAfter(PATIENCE);
    }

    private ByteString fetch(String path, String member, String version) {
        var request = FetchRequest.newBuilder().setRef(ref(path, member)).setVersion(version);
        return provider().fetch(request.build()).getValue();
    }

    private BlockingQueue<WatchResponse> watch(SecretRef... refs) {
        var reports = new ArrayBlockingQueue<WatchResponse>(100);
        var request = WatchRequest.newBuilder();
        for (var ref : refs) {
            request.addRefs(ref);
        }
        ProviderGrpc.newStub(channel.grpc())
                .watch(request.build(), new ClientResponseObserver<WatchRequest, WatchResponse>() {
                    @Override
                    public void beforeStart(ClientCallStreamObserver<WatchRequest> call) {}

                    @Override
                    public void onNext(WatchResponse report) {
                        reports.add(report);
                    }

                    @Override
                    public void onError(Throwable e) {}

                    @Override
                    public void onCompleted() {}
                });
        return reports;
    }

    private static WatchResponse take(BlockingQueue<WatchResponse> reports) throws InterruptedException {
        var report = reports.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(report).as("a report").isNotNull();
        return report;
    }

    private static SecretRef ref(String path, String member) {
        return SecretRef.newBuilder().setPath(path).setKey(member).build();
    }

    private static void fails(Status.Code code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
    }
}
