/*
 * The yardstick of a cold lookup: libcurl asks for one URL and prints what came.
 *
 *   curlget URL CA-FILE [HEADER]
 */
#include <curl/curl.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct curl_slist *headers = NULL;
	CURLcode code;
	CURL *curl;

	if (argc < 3)
		return 2;
	curl = curl_easy_init();
	if (curl == NULL)
		return 1;
	if (argc > 3)
		headers = curl_slist_append(headers, argv[3]);
	curl_easy_setopt(curl, CURLOPT_URL, argv[1]);
	curl_easy_setopt(curl, CURLOPT_CAINFO, argv[2]);
	curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	code = curl_easy_perform(curl);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	return code == CURLE_OK ? 0 : 1;
}
