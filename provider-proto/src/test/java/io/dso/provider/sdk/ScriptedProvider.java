package io.dso.provider.sdk;

/** A provider's main, as an author would write it. */
final class ScriptedProvider {
    public static void main(String[] args) {
        ProviderProcess.run(args, config -> {
            if (config.text("mode").equals("broken")) {
                throw StoreException.unavailable("the vault file is locked");
            }
            return new ScriptedStore();
        });
    }

    private ScriptedProvider() {}
}
