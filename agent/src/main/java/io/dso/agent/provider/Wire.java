package io.dso.agent.provider;

import io.dso.agent.secret.SecretRef;

/** Names of secrets as the contract's messages. */
final class Wire {

    static io.dso.provider.v1.SecretRef ref(SecretRef ref) {
        return io.dso.provider.v1.SecretRef.newBuilder()
                .setPath(ref.path())
                .setKey(ref.key())
                .build();
    }

    private Wire() {}
}
