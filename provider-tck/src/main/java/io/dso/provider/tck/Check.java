package io.dso.provider.tck;

/**
 * One sentence of the contract.
 *
 * @param id for scripts, as {@code fetch-exact}; stable
 * @param sentence what holds if it passes
 * @param trial tries it
 */
public record Check(String id, String sentence, Trial trial) {

    /** Tries a provider; returns if the sentence holds. */
    interface Trial {
        /**
         * @throws Nonconformity if it doesn't hold
         * @throws Untried if something is missing
         */
        void on(Bench bench) throws Exception;
    }
}
