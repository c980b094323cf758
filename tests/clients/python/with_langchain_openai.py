"""LangChain with OpenAI's models."""

import openai
from langchain_common import behaviours
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from reporting import *


def model(url=URL, token=TOKEN, headers={}):
    return ChatOpenAI(model="auto", base_url=f"{url}/v1", api_key=token, max_retries=0, default_headers=headers)


def embeddings():
    # Without this it sends the ids of OpenAI's own tokens in place of words.
    embedder = OpenAIEmbeddings(base_url=f"{URL}/v1", api_key=TOKEN, check_embedding_ctx_length=False)
    return nearness(embedder.embed_documents(TEXTS))


errors = (openai.AuthenticationError, openai.RateLimitError, openai.InternalServerError)
report({**behaviours(model, *errors, "json_schema"), "embeddings": embeddings})
