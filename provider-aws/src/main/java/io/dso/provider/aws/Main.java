package io.dso.provider.aws;

import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.Pace;
import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.sdk.ProviderProcess;
import io.dso.provider.sdk.SharedWatch;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** The process {@code dso-provider-aws}. Its configuration is told in docs/providers/aws.md. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        ProviderProcess.run(arguments, Main::open);
    }

    static AwsStore open(ProviderConfig config) {
        var clients = Clients.read(config);
        try {
            var role = config.text("role", "");
            if (!role.isEmpty() && !clients.identity().roles().contains(role)) {
                throw config.wrong("role", "the name of one of 'roles'");
            }
            var queue = config.findText("queue")
                    .<AwsStore.Push>map(url -> new AwsStore.Push.Queue(new SharedWatch<>(new EventQueue(
                            url,
                            clients.queues(clients.homeRegion()),
                            new Pace("the queue", InstantSource.system(), RandomGenerator.getDefault())))))
                    .orElseGet(AwsStore.Push.None::new);
            return new AwsStore(clients, new Place(clients.homeRegion(), role), queue, InstantSource.system());
        } catch (ConfigException e) {
            clients.close();
            throw e;
        }
    }
}
