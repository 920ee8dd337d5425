package io.dso.provider.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.DescribeRequest;
import io.dso.provider.v1.Error;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.GetVersionsResponse;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.provider.v1.SecretRef;
import io.dso.provider.v1.WatchRequest;
import io.dso.transport.Peer;
import io.dso.transport.UnixChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderServerTest {
    private final ScriptedStore store = new ScriptedStore();
    private ProviderServer server;
    private UnixChannel channel;

    ProviderServerTest(@TempDir Path directory) throws IOException {
        server = ProviderServer.start(directory.resolve("p.sock"), Peer.self().uid(), store);
        channel = UnixChannel.to(directory.resolve("p.sock"));
    }

    @BeforeEach
    void the_provider_answers() {
        assertThat(stub().describe(DescribeRequest.getDefaultInstance()).getName())
                .isEqualTo("scripted");
    }

    @AfterEach
    void stop() throws IOException {
        channel.close();
        server.close();
    }

    private ProviderGrpc.ProviderBlockingStub stub() {
        return ProviderGrpc.newBlockingStub(channel.grpc()).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    private static SecretRef ref(String path) {
        return SecretRef.newBuilder().setPath(path).build();
    }

    private static FetchRequest fetch(String path) {
        return FetchRequest.newBuilder().setRef(ref(path)).setVersion("7").build();
    }

    private GetVersionsResponse versions(String... paths) {
        var request = GetVersionsRequest.newBuilder();
        for (var path : paths) {
            request.addRefs(ref(path));
        }
        return stub().getVersions(request.build());
    }

    private static StatusRuntimeException refused(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }

    @Test
    void a_value_arrives_byte_for_byte_and_is_wiped_here() {
        var response = stub().fetch(fetch("db"));

        assertThat(response.getValue().toByteArray()).isEqualTo(ScriptedStore.ODD);
        assertThat(response.getVersion()).isEqualTo("7");
        assertThat(store.lastFetched).hasSize(ScriptedStore.ODD.length).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, Limits.VALUE_BYTES})
    void values_of_every_allowed_size_get_through(int size) {
        assertThat(stub().fetch(fetch("size-" + size)).getValue().size()).isEqualTo(size);
    }

    @Test
    void a_value_over_the_limit_is_refused() {
        var refused = refused(() -> stub().fetch(fetch("size-" + (Limits.VALUE_BYTES + 1))));

        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refused.getStatus().getDescription()).contains("1048577 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_FOUND, NOT_FOUND",
        "DENIED, PERMISSION_DENIED",
        "UNAUTHENTICATED, UNAUTHENTICATED",
        "THROTTLED, RESOURCE_EXHAUSTED",
        "UNAVAILABLE, UNAVAILABLE",
        "INVALID, INVALID_ARGUMENT"
    })
    void failures_are_told_apart(String path, Status.Code code) {
        assertThat(refused(() -> stub().fetch(fetch(path))).getStatus().getCode())
                .isEqualTo(code);
    }

    @Test
    void a_throttling_store_says_for_how_long() {
        var refused = refused(() -> stub().fetch(fetch("THROTTLED")));

        assertThat(Status.trailersFromThrowable(refused).get(Wire.RETRY_AFTER)).isEqualTo("1234");
        assertThat(versions("THROTTLED").getResults(0).getError().getRetryAfterMs())
                .isEqualTo(1234);
    }

    @Test
    void one_secret_that_fails_takes_no_other_with_it() {
        var results = versions("a", "NOT_FOUND", "b").getResultsList();

        assertThat(results.get(0).getVersion()).isEqualTo("v-a");
        assertThat(results.get(1).getError().getCode()).isEqualTo(Error.Code.CODE_NOT_FOUND);
        assertThat(results.get(2).getVersion()).isEqualTo("v-b");
    }

    @Test
    void a_bug_in_the_store_does_not_tell_its_message() {
        var refused = refused(() -> stub().fetch(fetch("bug")));

        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(refused.getStatus().getDescription())
                .isEqualTo("the provider failed: IllegalStateException")
                .doesNotContain("hunter2");
    }

    @Test
    void a_store_that_answers_too_few_versions_is_found_out() {
        assertThat(refused(() -> versions("short", "b")).getStatus().getDescription())
                .isEqualTo("the provider answered 0 of 2 versions");
    }

    @Test
    void requests_outside_the_limits_are_refused() {
        assertThat(refused(() -> versions()).getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refused(() -> versions(Collections.nCopies(1001, "a").toArray(String[]::new)))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refused(() -> versions("x".repeat(513))).getStatus().getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refused(() -> stub().fetch(FetchRequest.newBuilder()
                                .setRef(ref("a"))
                                .build()))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void a_call_whose_deadline_passed_is_interrupted() throws InterruptedException {
        var refused = refused(
                () -> stub().withDeadlineAfter(200, TimeUnit.MILLISECONDS).fetch(fetch("hang")));

        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(store.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_watch_says_that_it_is_armed_and_then_what_changed() {
        var messages = stub().watch(WatchRequest.newBuilder()
                .addRefs(ref("a"))
                .addRefs(ref("b"))
                .build());

        assertThat(messages.next().getChangedList()).isEmpty();
        assertThat(messages.next().getChangedList()).containsExactly(ref("a"), ref("b"));
    }

    @Test
    void a_watch_ends_in_the_store_when_the_caller_goes() throws InterruptedException {
        stub().watch(WatchRequest.newBuilder().addRefs(ref("a")).build()).next();

        channel.close();

        assertThat(store.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_stop_ends_watches_and_closes_the_store() throws Exception {
        var messages = stub().watch(WatchRequest.newBuilder().addRefs(ref("a")).build());
        messages.next();
        messages.next();

        server.close();

        assertThat(refused(messages::next).getStatus().getDescription()).isEqualTo("the provider is stopping");
        assertThat(store.closed.getCount()).isZero();
    }

    @Test
    void a_watch_that_fails_says_why() {
        var messages =
                stub().watch(WatchRequest.newBuilder().addRefs(ref("DENIED")).build());

        assertThat(refused(messages::next).getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void a_check_tells_the_stores_answer() {
        assertThat(refused(() -> stub().check(CheckRequest.getDefaultInstance()))
                        .getStatus())
                .satisfies(status -> assertThat(status.getDescription()).isEqualTo("the token expired"));
    }
}
