namespace Pipelines.Sockets.Unofficial;

public sealed partial class SocketConnection
{
    /// <summary>Bytes that wait, for the messages of the client's time-outs.</summary>
    public readonly struct Counters
    {
        internal Counters(long availableOnSocket, long waitingToBeRead, long waitingToBeSent)
        {
            BytesAvailableOnSocket = availableOnSocket;
            BytesWaitingToBeRead = waitingToBeRead;
            BytesWaitingToBeSent = waitingToBeSent;
        }

        /// <summary>Arrived, and not yet received by this process.</summary>
        public long BytesAvailableOnSocket { get; }

        /// <summary>Received, and not yet consumed by the client.</summary>
        public long BytesWaitingToBeRead { get; }

        /// <summary>Written by the client, and not yet handed to the socket.</summary>
        public long BytesWaitingToBeSent { get; }
    }
}
