package io.dso.provider.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.VersionAnswer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The provider's store, as tests ask it. */
final class Store implements AutoCloseable {
    private final VaultStore store;

    private Store(VaultStore store) {
        this.store = store;
    }

    /** @param json with single quotes */
    static Store open(String json) {
        return open(json, InstantSource.system());
    }

    static Store open(String json, InstantSource clock) {
        return new Store(Main.open(ProviderConfig.parse(json.replace('\'', '"')), clock));
    }

    List<VersionAnswer> answers(String... paths) throws InterruptedException {
        return store.versions(Arrays.stream(paths).map(Store::name).toList());
    }

    String version(String path) throws Exception {
        return switch (answers(path).getFirst()) {
            case VersionAnswer.Current(var version) -> version;
            case VersionAnswer.Failed(var failure) -> throw new StoreException(failure);
        };
    }

    byte[] bytes(String name, String version) throws Exception {
        return store.fetch(name(name), version);
    }

    String fetch(String name, String version) throws Exception {
        return new String(bytes(name, version), StandardCharsets.UTF_8);
    }

    /** The current value. */
    String value(String name) throws Exception {
        return fetch(name, version(name));
    }

    void check() throws Exception {
        store.check();
    }

    private static SecretName name(String text) {
        int mark = text.indexOf('#');
        return mark < 0 ? new SecretName(text, "") : new SecretName(text.substring(0, mark), text.substring(mark + 1));
    }

    static void fails(StoreFailure.Kind kind, String why, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.failure().kind()).as(e.getMessage()).isEqualTo(kind);
            assertThat(e).hasMessageContaining(why);
        });
    }

    @Override
    public void close() {
        store.close();
    }
}
