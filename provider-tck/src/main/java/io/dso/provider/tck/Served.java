package io.dso.provider.tck;

import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.ProviderGrpc.ProviderBlockingStub;
import io.dso.provider.v1.SecretRef;

/** A process of a provider that serves, until it is closed. */
public final class Served implements AutoCloseable {
    private final Running running;

    Served(Running running) {
        this.running = running;
    }

    /** For calls that end within 30 s. */
    public ProviderBlockingStub calls() {
        return running.calls();
    }

    /** The current value of a secret, as text. */
    public String value(String path, String key) {
        var ref = SecretRef.newBuilder().setPath(path).setKey(key).build();
        var result = calls().getVersions(
                        GetVersionsRequest.newBuilder().addRefs(ref).build())
                .getResults(0);
        Nonconformity.unless(
                !result.getVersion().isEmpty(),
                path + " has no version: " + result.getError().getMessage());
        var fetch = FetchRequest.newBuilder().setRef(ref).setVersion(result.getVersion());
        return calls().fetch(fetch.build()).getValue().toStringUtf8();
    }

    /** Tells it to end: it has to, in time, with 0, and to leave no socket. */
    @Override
    public void close() throws InterruptedException {
        try (running) {
            running.mustEndOnSigterm();
        }
    }
}
