# syntax=docker/dockerfile:1
# The gateway as an image. Both stages are Ubuntu 24.04: the runtime image carries OpenSSL's libcrypto, which EdDSA needs.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish gateway --configuration Release --output /app --nologo

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble
COPY --from=build /app /app
# The configuration says where to listen; the base image's own idea of it would only be overridden with a warning.
ENV PATH="/app:$PATH" ASPNETCORE_HTTP_PORTS=
# appsettings.json is looked for here. None is in the image: mount one, or name files with --config.
WORKDIR /etc/sallyport
USER $APP_UID
EXPOSE 8080 8081
ENTRYPOINT ["sallyport"]
CMD ["serve"]
