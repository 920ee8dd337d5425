package io.dso.provider.azure;

import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.Pace;
import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.sdk.ProviderProcess;
import java.net.URI;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** The process {@code dso-provider-azure}. Its configuration is told in docs/providers/azure.md. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        ProviderProcess.run(arguments, config -> open(config, InstantSource.system()));
    }

    static AzureStore open(ProviderConfig config, InstantSource clock) {
        var address = config.address("vault");
        if (!address.getPath().isEmpty() && !address.getPath().equals("/")) {
            throw config.wrong("vault", "an address without a path, as https://shop.vault.azure.net");
        }
        var vault = URI.create(address.getScheme() + "://" + address.getAuthority());
        var resource = config.text("resource", resource(vault));
        var http = Http.read(config);
        try {
            var session = new Session(Logins.read(config.part("auth"), http, resource, clock), clock);
            var pace = new Pace("the vault", clock, RandomGenerator.getDefault());
            return new AzureStore(http, new KeyVault(vault, http, session, pace), clock);
        } catch (ConfigException e) {
            http.close();
            throw e;
        }
    }

    /** What tokens are for: the vault's domain, which is another one in each of Azure's clouds. */
    static String resource(URI vault) {
        var host = vault.getHost();
        return host.endsWith(".azure.net") || host.contains(".vault.")
                ? "https://" + host.substring(host.indexOf('.') + 1)
                : "https://vault.azure.net";
    }
}
