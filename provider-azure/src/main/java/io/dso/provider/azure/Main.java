package io.dso.provider.azure;

import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.Pace;
import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.sdk.ProviderProcess;
import io.dso.provider.sdk.SharedWatch;
import java.net.URI;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** The process {@code dso-provider-azure}. Its configuration is told in docs/providers/azure.md. */
public final class Main {
    /** What tokens for storage are for, the same in each of Azure's clouds. */
    private static final String STORAGE = "https://storage.azure.com";

    private Main() {}

    public static void main(String[] arguments) {
        ProviderProcess.run(arguments, config -> open(config, InstantSource.system()));
    }

    static AzureStore open(ProviderConfig config, InstantSource clock) {
        var address = config.address("vault");
        if (!address.getPath().isEmpty() && !address.getPath().equals("/")) {
            throw config.wrong("vault", "an address without a path, as https://shop.vault.azure.net");
        }
        var vaultAddress = URI.create(address.getScheme() + "://" + address.getAuthority());
        var resource = config.text("resource", resource(vaultAddress));
        var queueAddress = config.findAddress("queue");
        if (queueAddress.isPresent() && !EventQueue.isAddress(queueAddress.get())) {
            throw config.wrong("queue", "a queue's address, as https://shop.queue.core.windows.net/dso-host1");
        }
        var http = Http.read(config);
        try {
            var vault = new KeyVault(vaultAddress, calls("the vault", resource, config, http, clock));
            var push = queueAddress
                    .<AzureStore.Push>map(queue -> new AzureStore.Push.Queue(new SharedWatch<>(
                            new EventQueue(queue, vault.name(), calls("the queue", STORAGE, config, http, clock)))))
                    .orElseGet(AzureStore.Push.None::new);
            return new AzureStore(http, vault, push, clock);
        } catch (ConfigException e) {
            http.close();
            throw e;
        }
    }

    private static Calls calls(String who, String resource, ProviderConfig config, Http http, InstantSource clock) {
        var login = Logins.read(config.part("auth"), http, resource, clock);
        return new Calls(who, http, new Session(login, clock), new Pace(who, clock, RandomGenerator.getDefault()));
    }

    /** What tokens are for: the vault's domain, which is another one in each of Azure's clouds. */
    static String resource(URI vault) {
        var host = vault.getHost();
        return host.endsWith(".azure.net") || host.contains(".vault.")
                ? "https://" + host.substring(host.indexOf('.') + 1)
                : "https://vault.azure.net";
    }
}
