package io.dso.provider.local.vault;

/** How a vault's key comes from what its owner has. Stands in the vault's header. */
sealed interface KeyDerivation {

    /** The key file holds the key. */
    record KeyFile() implements KeyDerivation {}

    /**
     * The key is made from a passphrase by Argon2id, version 1.3. The header can't be trusted before the key is known, so
     * the bounds here keep a forged one from taking the machine's memory or time.
     *
     * @param memoryKib 8 to 131,072
     * @param iterations 1 to 16
     * @param lanes 1 to 16
     */
    record Argon2id(int memoryKib, int iterations, int lanes) implements KeyDerivation {
        /** The second recommendation of RFC 9106, section 4: 64 MiB, 3 passes, 4 lanes. */
        static final Argon2id RECOMMENDED = new Argon2id(64 * 1024, 3, 4);

        public Argon2id {
            if (memoryKib < 8 * lanes || memoryKib > 128 * 1024) {
                throw new IllegalArgumentException("Argon2id memory of " + memoryKib + " KiB");
            }
            if (iterations < 1 || iterations > 16 || lanes < 1 || lanes > 16) {
                throw new IllegalArgumentException("Argon2id with " + iterations + " passes, " + lanes + " lanes");
            }
        }
    }
}
