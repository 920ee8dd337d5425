package io.dso.provider.azure;

import io.dso.provider.sdk.Pace;
import io.dso.provider.sdk.StoreException;
import java.net.http.HttpRequest;

/** Requests to one service, each with its token, and at its pace. */
final class Calls {
    private final String service;
    private final Http http;
    private final Session session;
    private final Pace pace;

    /** @param service its name, for people */
    Calls(String service, Http http, Session session, Pace pace) {
        this.service = service;
        this.http = http;
        this.session = session;
        this.pace = pace;
    }

    /** The answer, whatever it is. A token that the service no longer takes is replaced once. */
    Http.Answer send(HttpRequest.Builder request) throws StoreException, InterruptedException {
        pace.await();
        var token = session.token();
        var answer = send(request, token);
        if (answer.status() == 401) {
            session.refused(token);
            answer = send(request, session.token());
        }
        if (answer.status() / 100 == 2) {
            pace.served();
        }
        return answer;
    }

    private Http.Answer send(HttpRequest.Builder request, Token token) throws StoreException, InterruptedException {
        return http.send(service, request.setHeader("Authorization", token.authorization()));
    }

    /** This answer was that there are too many requests: the service is left alone for a while. */
    StoreException throttled(Http.Answer answer) {
        return pace.throttled(answer.retryAfter());
    }
}
