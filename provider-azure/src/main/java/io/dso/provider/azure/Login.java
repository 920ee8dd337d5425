package io.dso.provider.azure;

import io.dso.provider.sdk.StoreException;

/** A way to get an access token for Key Vault. */
interface Login {

    /** @throws StoreException UNAUTHENTICATED if the issuer refuses, UNAVAILABLE if it can't be asked */
    Token token() throws StoreException, InterruptedException;
}
