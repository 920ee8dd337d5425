package io.dso.cli.agent;

import com.google.gson.stream.JsonWriter;
import io.dso.cli.Dso;
import io.dso.cli.Exit;
import io.dso.cli.Failure;
import io.dso.cli.output.Json;
import io.dso.cli.output.Screen;
import io.dso.control.v1.ControlGrpc;
import io.dso.control.v1.Event;
import io.dso.control.v1.WatchEventsRequest;
import io.grpc.Channel;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what happens from now on. */
@Command(
        description = {
            "Show what happens from now on, a line an event, as it comes.",
            "As JSON the first line is the event 'armed': nothing after it is missed."
        })
final class Events implements Callable<Integer> {
    /** How long the agent may take to arm the watch. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    private final Dso dso;

    @Option(names = "--follow", description = "Until interrupted.")
    private boolean follow;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            defaultValue = "0s",
            description = "Without --follow: for this long. Default: ${DEFAULT-VALUE}")
    private Duration time = Duration.ZERO;

    Events(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var screen = dso.screen();
        return new Agent(dso.socket()).connect(channel -> {
            try {
                show(channel, screen);
                return Exit.OK;
            } catch (StatusException e) {
                throw e.getStatus().asRuntimeException();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Exit.OK;
            }
        });
    }

    private void show(Channel channel, Screen screen) throws StatusException, InterruptedException {
        var events = ControlGrpc.newBlockingV2Stub(channel).watchEvents(WatchEventsRequest.getDefaultInstance());
        try {
            var armed = events.read(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            long end = System.nanoTime() + time.toNanos();
            for (var event = armed; event != null; event = next(events, end)) {
                show(event, screen);
            }
        } catch (TimeoutException e) {
            throw new Failure(
                    Exit.TRY_AGAIN,
                    "the agent didn't answer in time",
                    dso.socket().toString(),
                    "look at its log",
                    e);
        } finally {
            events.cancel("seen enough", null);
        }
    }

    /** Null when it is time to go, or the agent ends the stream in good order. */
    private @Nullable Event next(BlockingClientCall<?, Event> events, long end)
            throws StatusException, InterruptedException {
        if (follow) {
            return events.read();
        }
        long left = end - System.nanoTime();
        try {
            return left <= 0 ? null : events.read(left, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        }
    }

    private static void show(Event event, Screen screen) {
        var at = AgentCommands.instant(event.getAt());
        var pairs = new TreeMap<>(event.getAttributesMap())
                .entrySet().stream()
                        .map(pair -> pair.getKey() + "=" + oneLine(pair.getValue()))
                        .collect(Collectors.joining(" "));
        boolean armed = event.getType().equals("armed");
        switch (screen.format()) {
            case JSON -> {
                Json json = out -> write(event, out);
                screen.text(json.line());
            }
            case TABS -> screen.text(armed ? "" : at + "\t" + event.getType() + "\t" + pairs + "\n");
            case TABLE -> screen.text(armed ? "" : TIME.format(at) + "  " + event.getType() + "  " + pairs + "\n");
        }
    }

    /** One object. */
    static void write(Event event, JsonWriter out) throws IOException {
        out.beginObject();
        out.name("at").value(AgentCommands.instant(event.getAt()).toString());
        out.name("type").value(event.getType());
        out.name("attributes").beginObject();
        for (var pair : new TreeMap<>(event.getAttributesMap()).entrySet()) {
            out.name(pair.getKey()).value(pair.getValue());
        }
        out.endObject().endObject();
    }

    /** Quoted where blanks would make it look like more than one. */
    private static String oneLine(String value) {
        var clean = value.replaceAll("\\p{Cntrl}", "\ufffd");
        return clean.contains(" ") ? '"' + clean + '"' : clean;
    }
}
